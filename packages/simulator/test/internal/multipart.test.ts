import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Multipart from "../../src/internal/multipart.js"
import { utf8 } from "../requests.js"

const contentType = "multipart/form-data; boundary=b"

const readText = (body: string, type = contentType) => Multipart.read(type, utf8(body))

const field = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

const ok = (value: string) => `${field("a", value)}--b--\r\n`

const values = (read: ReturnType<typeof Multipart.read>) =>
  Either.getOrThrow(read).map(({ name, fileName, bytes }) => [name, fileName, Multipart.textOf(bytes)])

describe("parts", () => {
  it.each<readonly [string, string, ReadonlyArray<unknown>]>([
    ["a field", ok("1"), [["a", undefined, "1"]]],
    ["no line break at the end", `${field("a", "1")}--b--`, [["a", undefined, "1"]]],
    ["no part", "--b--\r\n", []],
    ["an empty value", ok(""), [["a", undefined, ""]]],
    ["line breaks and blank lines in a value", ok("\r\n\r\n1\r\n"), [["a", undefined, "\r\n\r\n1\r\n"]]],
    ["dashes and the boundary's text in a value", ok("x--b\r\n--c\n--b--"), [["a", undefined, "x--b\r\n--c\n--b--"]]],
    [
      "the same name twice",
      `${field("a", "1")}${field("a", "2")}--b--`,
      [
        ["a", undefined, "1"],
        ["a", undefined, "2"]
      ]
    ],
    ["a byte order mark is part of a value", ok("\ufeff1"), [["a", undefined, "\ufeff1"]]],
    [
      "header names in any case, no space after the colon",
      '--b\r\ncontent-disposition:FORM-DATA; name="a";filename=""\r\nCONTENT-TYPE: x/y\r\n\r\n1\r\n--b--',
      [["a", "", "1"]]
    ],
    [
      "what browsers write for a quote and line breaks, and raw UTF-8",
      '--b\r\nContent-Disposition: form-data; name="%22%0d"; filename="ä%22%0D%0A%41\\日本.mp3"\r\n\r\n1\r\n--b--',
      [['"\r', 'ä"\r\n%41\\日本.mp3', "1"]]
    ]
  ])("%s", (_, body, expected) => {
    expect(values(readText(body))).toEqual(expected)
  })

  it.each(['multipart/form-data; boundary="b"', "Multipart/Form-Data;boundary=b"])("content type %s", (type) => {
    expect(values(readText(ok("1"), type))).toHaveLength(1)
  })

  it("bytes come out as they went in", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const body = new Uint8Array([...utf8('--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n')])
    const read = Multipart.read(contentType, new Uint8Array([...body, ...bytes, ...utf8("\r\n--b--")]))
    expect(Either.getOrThrow(read)[0]?.bytes).toEqual(bytes)
  })
})

const withHeaders = (headers: string) => `--b\r\n${headers}\r\n\r\n1\r\n--b--`

describe("hostile bodies are refused with one line", () => {
  it.each<readonly [string, string, RegExp]>([
    ["nothing", "", /begin with its boundary/],
    ["a preamble", `x\r\n${ok("1")}`, /begin with its boundary/],
    ["another boundary", "--c--", /begin with its boundary/],
    ["a boundary and nothing more", "--b", /line break after a boundary/],
    ["a boundary with more text", `--bb\r\n${field("a", "1")}`, /line break after a boundary/],
    ["a boundary that a value begins with", ok("\r\n--bc"), /line break after a boundary/],
    ["a bare line feed", "--b\n", /line break after a boundary/],
    ["no last boundary", field("a", "1"), /last boundary|line break after/],
    ["a value cut off", field("a", "1").slice(0, -4), /last boundary/],
    ["an epilogue", `${ok("1")}x`, /goes on after/],
    ["two ends", `${ok("1")}--b--\r\n`, /goes on after/],
    ["no headers", "--b\r\n\r\n1\r\n--b--", /no headers/],
    ["only a blank line", "--b\r\n\r\n\r\n1\r\n--b--", /header line ""/],
    ["empty part", "--b\r\n--b--", /no headers/],
    ["no disposition", withHeaders("Content-Type: text/plain"), /no name/],
    ["no name", withHeaders("Content-Disposition: form-data"), /no name/],
    ["an empty name", withHeaders('Content-Disposition: form-data; name=""'), /no name/],
    ["a name without quotes", withHeaders("Content-Disposition: form-data; name=a"), /no name/],
    ["an open quote", withHeaders('Content-Disposition: form-data; name="a'), /no name/],
    ["a quote in a name", withHeaders('Content-Disposition: form-data; name="a"b"'), /no name/],
    ["an extended file name", withHeaders("Content-Disposition: form-data; name=\"a\"; filename*=utf-8''b"), /no name/],
    ["an attachment", withHeaders('Content-Disposition: attachment; name="a"'), /no name/],
    ["a disposition twice", withHeaders('Content-Disposition: x\r\nContent-Disposition: form-data; name="a"'), /once/],
    [
      "an encoding",
      withHeaders('Content-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="a"'),
      /base64/
    ],
    ["a folded header", withHeaders('Content-Disposition: form-data;\r\n name="a"'), /header line/],
    ["a header without a colon", withHeaders("Content-Disposition"), /header line/]
  ])("%s", (_, body, reason) => {
    const message = Either.getOrThrow(Either.flip(readText(body)))
    expect(message).toMatch(/^body: /)
    expect(message).toMatch(reason)
  })

  it("headers that are not UTF-8", () => {
    const body = utf8(withHeaders('Content-Disposition: form-data; name="~"')).map((byte) =>
      byte === 0x7e ? 0xc3 : byte
    )
    expect(Multipart.read(contentType, body)).toEqual(Either.left("body: a part has no headers in UTF-8"))
  })

  it.each([
    "",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="b',
    "multipart/form-data; boundary=a b",
    "multipart/form-data; boundary=b, application/json",
    `multipart/form-data; boundary=${"b".repeat(71)}`,
    "multipart/mixed; boundary=b"
  ])("content type %j", (type) => {
    expect(Either.getOrThrow(Either.flip(readText(ok("1"), type)))).toMatch(/^content-type: /)
  })

  it.each<readonly [string, string]>([
    ["line breaks", "\r\n"],
    ["almost boundaries", "\r\n--"],
    ["parts", field("a", "")]
  ])("a million bytes of %s are read in no time", (_, unit) => {
    const body = utf8(`${field("a", "")}${unit.repeat(1_000_000 / unit.length)}`)
    const started = performance.now()
    Multipart.read(contentType, body)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe("any bytes", () => {
  const bit = FastCheck.constantFrom(
    ...["--b", "\r\n", "--", "\r", "\n", "\r\n\r\n", ": ", '"', 'Content-Disposition: form-data; name="a"', "x", "\0"]
  )
  const bytes = FastCheck.oneof(
    FastCheck.uint8Array({ maxLength: 200 }),
    FastCheck.array(bit, { maxLength: 20 }).map((bits) => utf8(`--b\r\n${bits.join("")}`)),
    FastCheck.array(bit, { maxLength: 8 }).map((bits) => utf8(`${field("a", bits.join(""))}--b--`))
  )

  it("give parts or a line", () => {
    FastCheck.assert(
      FastCheck.property(bytes, (body) => {
        const read = Multipart.read(contentType, body)
        return Either.isRight(read) || /^body: ./.test(read.left)
      }),
      { numRuns: 3000, seed: 1 }
    )
  })

  it("any content type gives an answer", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "binary" }), (type) => {
        const read = Multipart.read(`multipart/form-data; boundary=${type}`, utf8(`--${type}--`))
        return Either.isRight(read) || /^(content-type|body): ./.test(read.left)
      }),
      { numRuns: 1000, seed: 1 }
    )
  })
})

describe("what the runtime's own FormData writes", () => {
  const name = FastCheck.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/%(22|0d|0a)/i.test(text))
  const part = FastCheck.record({ name, fileName: name, bytes: FastCheck.uint8Array() })

  it("is read back: names with quotes and line breaks, and all bytes", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(FastCheck.array(part, { maxLength: 5 }), async (parts) => {
        const form = new FormData()
        for (const { bytes, fileName, name } of parts) form.append(name, new Blob([new Uint8Array(bytes)]), fileName)
        const sent = new Response(form)
        const body = new Uint8Array(await sent.arrayBuffer())
        const read = Either.getOrThrow(Multipart.read(sent.headers.get("content-type") ?? "", body))
        // FormData makes every line break of a name, but not of a file name, a pair.
        const expected = parts.map((one) => ({ ...one, name: one.name.replace(/\r\n|\r|\n/g, "\r\n") }))
        expect(read).toEqual(expected.map(({ bytes, ...names }) => ({ ...names, bytes: new Uint8Array(bytes) })))
      }),
      {
        numRuns: 200,
        seed: 1,
        examples: [[[{ name: 'a"\r\n\n', fileName: 'ä"\r日.mp3', bytes: new Uint8Array([13, 10]) }]]]
      }
    ))
})
