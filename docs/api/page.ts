/** docs/api.md as text, made from the routes, their schemas and their comments: `npm run docs:api` writes it. */
import { Array as Arr, SchemaAST } from "effect"
import { type Call, calls } from "./calls.js"
import { type Field, fieldsOf, wordsOf } from "./fields.js"
import { type Export, exportOf } from "./source.js"

export const command = "npm run docs:api"

const intro = `# Every call of the API

<!-- Made by \`${command}\` from packages/core/src: change the routes there, not this page. -->

A function needs the service \`CheapAi\` and nothing else. Its input is checked before anything is sent: a field that it
does not know, or that belongs to another call, is an \`InvalidInputError\`. Every call fails with \`CallError\`, the errors
of [error handling](error-handling.md); whoever awaits a task meets \`TaskError\` too. [Tasks](tasks.md) says what a task is;
the result of each has \`taskId\` and \`creditCost\` besides the fields listed here. [Files](files.md) says what a call takes
as a file.

- **Cost**: what is _billed_ spends credits.
- **Again**: whether the default policy sends the request once more after an error that may pass. _If not done_: only when
  the first one can't have been carried out, or the service says that it failed.
- **Not confirmed**: not in the service's own documentation, but taken from what is public of the service behind it, if from
  anywhere. The rest is documented. Nothing here was checked against the live service.
`

const code = (text: string) => `\`${text}\``

const inCell = (text: string) => text.replaceAll("|", "\\|")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const cells = [head, ...rows].map((row) => row.map(inCell))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)))
  const line = (row: ReadonlyArray<string>) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`
  const [first = [], ...others] = cells
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n")
}

const title = ({ module, name }: Call) => `${module}.${name}`

const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-")

const link = (call: Call) => `[${code(title(call))}](#${anchor(title(call))})`

const costOf = ({ result, route }: Call): string =>
  result !== undefined ? "billed" : route.replay === "safe" ? "costs nothing" : "not documented"

const againOf = ({ route }: Call): string => (route.replay === "safe" ? "yes" : "if not done")

const doubt = (name: string): string => {
  if (name === "result") return "the result"
  const [field = "", limit] = name.split(": ")
  return limit === undefined ? code(field) : `the ${limit} of ${code(field)}`
}

const doubtsOf = ({ route }: Call): string => route.unconfirmed.map(doubt).join(", ")

const overview = table(
  ["call", "route", "cost", "again", "not confirmed"],
  calls.map((call) => [link(call), code(call.route.key), costOf(call), againOf(call), doubtsOf(call)])
)

const typeOf = ({ gives: [value = "void"] }: Export) => value.replace("Task.Task", "Task")

const signature = (call: Call, source: Export): string =>
  code(source.parameters.length === 0 ? title(call) : `${title(call)}(${source.parameters.join(", ")})`)

const wayOf = ({ route }: Call): string => {
  if (route.method !== "POST") return code(route.key)
  return `${code(route.key)}, ${route.encoding === "json" ? "JSON" : "multipart"}`
}

const placeOf = ({ route }: Call, { wire }: Field): string => {
  if (route.path.includes(`{${wire}}`)) return ", in the path"
  return route.query.includes(wire) ? ", in the query" : ""
}

const trustOf = ({ route }: Call, { wire }: Field): string => {
  if (route.unconfirmed.includes(wire.split(/[.[]/)[0] ?? "")) return "not confirmed"
  return route.unconfirmed.includes(`${wire}: limit`) ? "documented, the limit not" : "documented"
}

const formOf = ({ route }: Call, { type, wire }: Field): string =>
  route.encoding === "multipart" && type === "an object" && !wire.includes(".") ? ", as JSON text" : ""

const wireOf = (call: Call, field: Field): string =>
  `${field.wire === field.name ? "the same" : code(field.wire)}${placeOf(call, field)}${formOf(call, field)}`

const paragraph = (call: Call, label: string, name: string | undefined): string => {
  if (name === undefined) return `${label}:`
  const { comment } = exportOf(call.module, name)
  return `${label} ${code(`${call.module}.${name}`)}${comment === "" ? ":" : `: ${comment}`}`
}

const inputOf = (call: Call, { parameters }: Export): ReadonlyArray<string> => {
  const label = parameters.some((parameter) => parameter.startsWith("input:")) ? "Input" : "Sent"
  const fields = fieldsOf(call.route.input.ast)
  if (fields.length === 0) return []
  const rows = fields.map((field) => [
    code(field.name),
    wireOf(call, field),
    field.type,
    field.isOptional ? "no" : "yes",
    trustOf(call, field)
  ])
  return [paragraph(call, label, call.inputName), table(["field", "on the wire", "what", "required", "trust"], rows)]
}

const resultOf = (call: Call): ReadonlyArray<string> => {
  const ast = SchemaAST.typeAST((call.result ?? call.route.output).ast)
  const fields = fieldsOf(ast)
  const label = `${call.result === undefined ? "Reply" : "Result"}${call.route.unconfirmed.includes("result") ? ", not confirmed" : ""}`
  if (fields.length === 0) return [`${label}: ${ast._tag === "TypeLiteral" ? "nothing" : wordsOf(ast)}.`]
  const rows = fields.map((field) => [code(field.name), field.type, field.isOptional ? "no" : "yes"])
  return [paragraph(call, label, call.resultName), table(["field", "what", "always there"], rows)]
}

const sectionOf = (call: Call): string => {
  const source = exportOf(call.module, call.name)
  const [, errors = ""] = source.gives
  const awaited = call.result === undefined ? "" : `, and ${code("TaskError")} when the task is awaited`
  const facts = [
    `- Route: ${wayOf(call)}`,
    `- Gives: ${code(typeOf(source))}`,
    `- Fails: ${code(errors)}${awaited}`,
    `- Cost: ${costOf(call)}. Sent again: ${againOf(call)}.`
  ]
  return [
    `### ${title(call)}`,
    `${signature(call, source)}. ${source.comment}`,
    facts.join("\n"),
    ...inputOf(call, source),
    ...resultOf(call)
  ].join("\n\n")
}

const modules = Object.entries(Arr.groupBy(calls, ({ module }) => module))

export const page: string = `${[
  intro.trimEnd(),
  overview,
  ...modules.map(([module, own]) => [`## ${module}`, ...own.map(sectionOf)].join("\n\n"))
].join("\n\n")}\n`
