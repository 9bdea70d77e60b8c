import { describe, expect, it } from "@effect/vitest"
import * as Account from "@effect-cheapai/core/Account"
import * as Route from "@effect-cheapai/core/Route"
import * as Task from "@effect-cheapai/core/Task"
import * as TextToSpeech from "@effect-cheapai/core/TextToSpeech"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { prepare } from "../src/internal/request.js"

describe("matcher", () => {
  const poll = Route.matcher(Task.Get)
  const speech = Route.matcher(TextToSpeech.Voice)

  it("reads the placeholders and the query", () => {
    expect(poll("/v1/task/t-1")).toEqual({ path: "/v1/task/t-1", parameters: { task_id: "t-1" }, query: [] })
    expect(speech("/v1/text-to-speech/A%20b?output_format=mp3%2B")).toEqual({
      path: "/v1/text-to-speech/A%20b",
      parameters: { voice_id: "A b" },
      query: [["output_format", "mp3+"]]
    })
    expect(Route.matcher(Account.Credits)("/v1/credits?")).toMatchObject({ query: [] })
  })

  it.each([
    "/v1/task/",
    "/v1/task",
    "/v1/task/t-1/",
    "/v1/task//t-1",
    "//v1/task/t-1",
    "/v1/task/t-1/more",
    "/V1/task/t-1",
    "/v1/task/..",
    "/v1/task/.",
    "/v1/task/%2e%2e",
    "/v1/task/..%2Fcredits",
    "/v1/task/a%2Fb",
    "/v1/task/a%2fb",
    "/v1/task/a%5Cb",
    "/v1/task/a\\b",
    "/v1/task/a%252Fb",
    "/v1/task/a;b",
    "/v1/task/a%3Bb",
    "/v1/task/a%00",
    "/v1/task/%61",
    "/v1/task/%",
    "/v1/task/%C3",
    "/v1/task/é",
    "/v1/task/t-1#x",
    "/v1/task/t-1?#x",
    "/v1/task/t-1?task_id=t-2",
    "/v1/./task/t-1",
    "/v1/x/../task/t-1",
    "http://elsewhere.example/v1/task/t-1",
    "v1/task/t-1",
    "*",
    ""
  ])("%s is not a poll", (target) => {
    expect(poll(target)).toBeUndefined()
  })

  it.each(["?output_format=a&output_format=b", "?output_format=a&x=1", "?OUTPUT_FORMAT=a"])(
    "nor is the query %s",
    (query) => {
      expect(speech(`/v1/text-to-speech/v${query}`)).toBeUndefined()
    }
  )

  it("takes a dot in a template for a dot", () => {
    expect(Route.matcher({ path: "/v1/a.b", query: [] })("/v1/axb")).toBeUndefined()
  })

  it("reads whatever the client writes, but for values that hold a slash or the like", () => {
    const route = Route.make({
      method: "GET",
      path: "/v1/a-{x}/b/{y}",
      query: ["q"],
      replay: "safe",
      input: Schema.Struct({ x: Schema.String, y: Schema.String, q: Schema.String }),
      output: Schema.Unknown
    })
    const matches = Route.matcher(route)
    const text = FastCheck.string({ unit: "grapheme", minLength: 1 })
    FastCheck.assert(
      FastCheck.property(text, text, text, (x, y, q) => {
        const prepared = Effect.runSync(Effect.either(prepare("https://a.example", route, { x, y, q })))
        if (Either.isLeft(prepared)) return
        const { url, urlParams } = prepared.right.request
        const target = `${url.slice("https://a.example".length)}?${new URLSearchParams([...urlParams].map(([n, v]) => [n, v]))}`
        const isPlain = [x, y].every((value) => !/[/\\%;?#\p{C}]|^\.+$/u.test(value))
        expect(matches(target)).toEqual(
          isPlain ? { path: url.slice(17), parameters: { x, y }, query: [["q", q]] } : undefined
        )
      })
    )
  })
})
