import { describe, expect, it } from "@effect/vitest"
import * as Template from "../../src/internal/template.js"

const match = (path: string, method = "GET") => Template.match("GET /v1/task/{task_id}", method, path)

describe("template", () => {
  it("gives the decoded parameters", () => {
    expect(match("/v1/task/a%2Fb")).toEqual({ task_id: "a/b" })
  })

  it.each(["/v1/task", "/v1/task/", "/v1/task/a/b", "/v1/tasks/a", "v1/task/a", "/v1/task/%E0%A4%A", "*", ""])(
    "does not match %j",
    (path) => {
      expect(match(path)).toBeUndefined()
    }
  )

  it("minds the method and its case", () => {
    expect(match("/v1/task/a", "POST")).toBeUndefined()
    expect(match("/v1/task/a", "get")).toBeUndefined()
  })

  it("takes the path from a target", () => {
    expect(Template.pathOf("/v1/task/a?b=/c?d")).toBe("/v1/task/a")
    expect(Template.pathOf("")).toBe("")
  })
})
