/** Method-and-path templates such as `GET /v1/task/{task_id}`, and the match of a request against one. */

/** The parameters of a request that matches, or undefined. A segment that is not valid percent-encoding matches nothing. */
export const match = (template: string, method: string, path: string): Readonly<Record<string, string>> | undefined => {
  const expected = template.split(/[ /]/)
  // Not split further than one segment too many: a path can be long.
  const actual = [method, ...path.split("/", expected.length)]
  if (expected.length !== actual.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, name] of expected.entries()) {
    const value = actual[index] ?? ""
    if (!name.startsWith("{")) {
      if (name !== value) return undefined
    } else {
      const decoded = decode(value)
      if (decoded === undefined || decoded === "") return undefined
      parameters[name.slice(1, -1)] = decoded
    }
  }
  return parameters
}

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** The path of a request target, without the query. */
export const pathOf = (target: string): string => target.split("?", 1)[0] ?? ""
