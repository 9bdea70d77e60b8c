import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { describe, it } from "@effect/vitest"
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import * as Music from "@effect-cheapai/core/Music"
import * as Route from "@effect-cheapai/core/Route"
import * as Upload from "@effect-cheapai/core/Upload"
import * as Schema from "effect/Schema"
import * as Reply from "./faultReplies.js"
import type * as FaultServer from "./faultServer.js"
import { judge, type Row } from "./judged.js"
import * as Uploads from "./uploads.js"
import * as Verdict from "./verdicts.js"

const { chunk, failure, half, head, lengthOf, pours, refusal, sends, success, taken } = Reply
const { breaks, isBusy, isLate, isUnreadable, refused, succeeds } = Verdict

type Ends = Readonly<Record<FaultServer.End, Verdict.Verdict>>

const thenEach = (name: string, pieces: ReadonlyArray<string>, ends: Ends): ReadonlyArray<Row> =>
  (["wait", "close", "reset"] as const).map((end) => [`${name}, then ${end}`, sends(end, ...pieces), ends[end]])

const beforeTheHead: Ends = { wait: isLate, close: breaks("closed"), reset: breaks("reset") }
const inTheBody: Ends = { wait: isLate, close: breaks("body"), reset: breaks("body") }
const taking: Ends = { wait: succeeds, close: succeeds, reset: succeeds }
/** The end of the connection is the end of the body. */
const endless: Ends = { ...taking, wait: isLate }
const refusing: Ends = { wait: isBusy, close: isBusy, reset: isBusy }

/** After it a client opens another connection, so the end of this one strikes no second request. */
const lastRefusal = head("503 x", "connection: close", lengthOf(failure)) + failure

const endings: ReadonlyArray<Row> = [
  ...thenEach("no reply", [], beforeTheHead),
  ...thenEach("half a status line", ["HTTP/1.1 2"], beforeTheHead),
  ...thenEach("half a head", [half(head("200 OK", lengthOf(success)))], beforeTheHead),
  ...thenEach("half the body of a 200", [head("200 OK", lengthOf(success)), half(success)], inTheBody),
  ...thenEach("half the body of a 503", [head("503 x", lengthOf(failure)), half(failure)], refusing),
  ...thenEach("a whole 200", [taken], taking),
  ...thenEach("a whole 503, the last of its connection", [lastRefusal], refusing),
  ...thenEach("a 200 without a length", [head("200 OK", "connection: close"), success], endless),
  ...thenEach("a 200 of HTTP/1.0", [`HTTP/1.0 200 OK\r\n\r\n${success}`], endless),
  ["a reply byte by byte", sends("wait", ...taken), succeeds],
  ["a refusal byte by byte", sends("wait", ...refusal("503 x")), isBusy]
]

const begun = (statusLine: string) => sends("wait", `${statusLine}\r\n${lengthOf(success)}\r\n\r\n${success}`)
const unexpected = (status: number): Verdict.Verdict => ({
  ...isUnreadable,
  ends: `UnexpectedStatusError ${status}`
})

const statusLines: ReadonlyArray<Row> = [
  ["bytes that are not HTTP", begun("220 mail.example ESMTP"), breaks("protocol")],
  ["the version 1.2", begun("HTTP/1.2 200 OK"), breaks("protocol")],
  ["the version 9.9", begun("HTTP/9.9 200 OK"), breaks("protocol")],
  ["the name of another protocol", begun("ICY 200 OK"), breaks("protocol")],
  ["no status", begun("HTTP/1.1"), breaks("protocol")],
  ["a status in words", begun("HTTP/1.1 OK"), breaks("protocol")],
  ["a status of two digits", begun("HTTP/1.1 99 x"), breaks("protocol")],
  ["the status 000", begun("HTTP/1.1 000 x"), breaks("protocol")],
  ["the status 099", begun("HTTP/1.1 099 x"), breaks("protocol")],
  ["the status 999", begun("HTTP/1.1 999 x"), unexpected(999)],
  ["a status of four digits", begun("HTTP/1.1 1000 x"), breaks("protocol")],
  ["a negative status", begun("HTTP/1.1 -200 x"), breaks("protocol")],
  ["no words behind the status", begun("HTTP/1.1 200"), succeeds],
  ["a change of protocols", begun("HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: websocket"), breaks("closed")],
  ["a 101 without a protocol", begun("HTTP/1.1 101 x"), breaks("protocol")],
  ["a 204 with a body", begun("HTTP/1.1 204 No Content"), breaks("body")],
  ["a status line without end", pours("x".repeat(65_536), "HTTP/1.1 200 "), isLate]
]

const withHeaders = (...headers: ReadonlyArray<string>) => sends("close", head("200 OK", ...headers), success)
const large = "x".repeat(10_000_000)

const headers: ReadonlyArray<Row> = [
  ["a header without a colon", withHeaders(lengthOf(success), "no colon"), breaks("protocol")],
  ["a header without a name", withHeaders(lengthOf(success), ": x"), breaks("protocol")],
  ["a space before the colon", withHeaders(lengthOf(success), "x : y"), breaks("protocol")],
  ["a NUL in a header", withHeaders(lengthOf(success), "x: a\0b"), breaks("protocol")],
  ["a CR in a header", withHeaders(lengthOf(success), "x: a\rb"), breaks("protocol")],
  ["letters beyond ASCII in a header", withHeaders(lengthOf(success), "x: ÿþ"), succeeds],
  ["a folded header", withHeaders(lengthOf(success), "x: a\r\n b"), breaks("protocol")],
  ["a head that begins with a fold", sends("close", `HTTP/1.1 200 OK\r\n x: y\r\n\r\n`), breaks("protocol")],
  ["lines that end with LF", sends("close", `HTTP/1.1 200 OK\n${lengthOf(success)}\n\n${success}`), breaks("protocol")],
  ["names that objects have", withHeaders(lengthOf(success), "__proto__: x", "constructor: y"), succeeds],
  ["the same length twice", withHeaders(lengthOf(success), lengthOf(success)), breaks("protocol")],
  ["two lengths", withHeaders(lengthOf(success), "content-length: 5"), breaks("protocol")],
  ["a list of lengths", withHeaders(`${lengthOf(success)}, ${success.length}`), breaks("protocol")],
  ["a length and chunks", withHeaders(lengthOf(success), "transfer-encoding: chunked"), breaks("protocol")],
  ["a negative length", withHeaders("content-length: -5"), breaks("protocol")],
  ["a length in words", withHeaders("content-length: many"), breaks("protocol")],
  ["a length beyond counting", withHeaders(`content-length: ${"9".repeat(23)}`), breaks("protocol")],
  ["a length that is too long", withHeaders("content-length: 1000"), succeeds],
  ["a length that is too short", withHeaders("content-length: 10"), isUnreadable],
  ["a header of 10 MB", sends("wait", head("200 OK", `x: ${large}`, lengthOf(success)), success), breaks("protocol")],
  ["half a million headers", sends("wait", head("200 OK", "x: y\r\n".repeat(500_000))), breaks("protocol")],
  ["a header without end", pours("x".repeat(65_536), "HTTP/1.1 200 OK\r\nx: "), breaks("protocol")]
]

const goOn = "HTTP/1.1 100 Continue\r\n\r\n"
const hints = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n"
const times = (count: number, piece: string) => Array<string>(count).fill(piece)

const interim: ReadonlyArray<Row> = [
  ["a 100", sends("wait", goOn, taken), succeeds],
  ["a 100 in one piece with the reply", sends("wait", goOn + taken), succeeds],
  ["a 100 byte by byte", sends("wait", ...(goOn + taken)), succeeds],
  ["a hundred 100", sends("wait", ...times(100, goOn), taken), succeeds],
  ["ten thousand 100 in one piece", sends("wait", goOn.repeat(10_000) + taken), succeeds],
  ["a 100 before a 503, the last of its connection", sends("close", goOn, lastRefusal), isBusy],
  ...thenEach("a 100 and no more", [goOn], beforeTheHead),
  ...thenEach("half a 100", [half(goOn)], beforeTheHead),
  ["100 without end", pours(goOn), isLate],
  ["a 102", sends("wait", "HTTP/1.1 102 Processing\r\n\r\n", taken), succeeds],
  ["a 103", sends("wait", hints, taken), succeeds],
  ["a hundred 103", sends("wait", ...times(100, hints), taken), succeeds],
  ["a 103 before each reply of a connection", sends("wait", hints, refusal("503 x")), isBusy],
  ["a 103 and a 100", sends("wait", hints, goOn, taken), succeeds],
  ...thenEach("a 103 and no more", [hints], beforeTheHead),
  ["103 without end", pours(hints), isLate],
  ["a 100 with a header of 10 MB", sends("wait", `HTTP/1.1 100 x\r\nx: ${large}`), breaks("protocol")]
]

const inChunks = head("200 OK", "transfer-encoding: chunked")
const refusedInChunks = head("503 x", "transfer-encoding: chunked")
const tooLong: Verdict.Verdict = isUnreadable

const bodies: ReadonlyArray<Row> = [
  ["chunks", sends("wait", inChunks, chunk(success), chunk("")), succeeds],
  ...thenEach("chunks cut within one", [inChunks, half(chunk(success))], inTheBody),
  ...thenEach("chunks cut between two", [inChunks, chunk(half(success))], inTheBody),
  ...thenEach("chunks without the last", [inChunks, chunk(success)], endless),
  ...thenEach("chunks of a 503, cut", [refusedInChunks, chunk(half(failure))], refusing),
  ["a chunk of many bytes, in words", sends("wait", inChunks, `many\r\n${success}\r\n`), breaks("body")],
  ["a chunk of a negative size", sends("wait", inChunks, `-5\r\n${success}\r\n`), breaks("body")],
  ["a chunk of a size beyond counting", sends("wait", inChunks, `${"f".repeat(18)}\r\n${success}\r\n`), breaks("body")],
  ["a chunk longer than it says", sends("wait", inChunks, `5\r\n${success}\r\n`), breaks("body")],
  ["a chunk with an endless extension", pours("x".repeat(65_536), inChunks, "5;"), isLate],
  ["trailers without end", pours("x: y\r\n".repeat(9999), inChunks, chunk(success), "0\r\n"), succeeds],
  ["an empty 200", sends("wait", head("200 OK", "content-length: 0")), isUnreadable],
  ["an empty 503", sends("wait", head("503 x", "content-length: 0")), isBusy],
  ["bytes behind the reply", sends("wait", taken, "more"), succeeds],
  ["bytes in one piece with the reply", sends("wait", `${taken}more`), succeeds],
  ["a second reply", sends("wait", `${taken}${refusal("401 x")}`), succeeds],
  ["bytes behind a 503", sends("wait", `${refusal("503 x")}more`), isBusy],
  ["a 200 without end", pours("x".repeat(65_536), head("200 OK")), tooLong],
  ["a 503 without end", pours("x".repeat(65_536), head("503 x")), isBusy],
  ["a 503 without end, in tiny chunks", pours(chunk("x"), refusedInChunks), isBusy],
  ["bytes that are no UTF-8", sends("wait", head("200 OK", "content-length: 2"), Buffer.of(0xff, 0xfe)), isUnreadable]
]

const encodings = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync]
] as const

const zeros = Buffer.alloc(16 * 1024 * 1024)
const damaged = (bytes: Uint8Array) => bytes.map((byte, index) => (index > 10 ? byte ^ 0xff : byte))

const inflated = encodings.flatMap(([name, compress]): ReadonlyArray<Row> => {
  const of = (status: string, body: Uint8Array) => Reply.compressed(status, name, body)
  const bomb = compress(zeros)
  return [
    [name, of("200 OK", compress(success)), succeeds],
    [`${name} of a 503`, of("503 x", compress(failure)), isBusy],
    [`damaged ${name}`, of("200 OK", damaged(compress(success))), breaks("body")],
    [`damaged ${name} of a 503`, of("503 x", damaged(compress(failure))), isBusy],
    [`${name} that is none`, of("200 OK", Buffer.from(success)), breaks("body")],
    [`${name} that stops in the middle`, of("200 OK", compress(success).subarray(0, 20)), breaks("body")],
    [`${name} of nothing`, of("200 OK", Buffer.alloc(0)), breaks("body")],
    [`a bomb of ${name}`, of("200 OK", bomb), tooLong],
    [`a bomb of ${name} with a 503`, of("503 x", bomb), isBusy]
  ]
})

const greeting = (greeting: string, ...pieces: ReadonlyArray<string>): FaultServer.Fault => ({
  ...sends("wait", ...pieces),
  greeting
})
const askedTooLate: Verdict.Verdict = { ...isBusy, ends: "UnexpectedStatusError 408" }

const unasked: ReadonlyArray<Row> = [
  ["bytes that are not HTTP", greeting("220 mail.example ESMTP\r\n"), breaks("protocol")],
  ["a reply", greeting(taken), succeeds],
  ["a reply, and another one after", greeting(taken, taken), succeeds],
  ["a 408", { ...greeting(refusal("408 x")), end: "close" }, askedTooLate]
]

const early = (name: string, pieces: ReadonlyArray<string>, ends: Ends): ReadonlyArray<Row> =>
  thenEach(name, pieces, ends).map(([name, fault, verdict]) => [name, { ...fault, early: true }, verdict])

const all = (verdict: Verdict.Verdict): Ends => ({ wait: verdict, close: verdict, reset: verdict })

const beforeTheBody: ReadonlyArray<Row> = [
  ...early("a 413", [refusal("413 x")], all(refused("UnexpectedStatusError", 413))),
  ...early("a 401", [refusal("401 x")], all(refused("UnauthorizedError", 401))),
  ...early("a 503", [refusal("503 x")], refusing),
  ...early("a 200", [taken], taking),
  ...early("nothing", [], beforeTheHead)
]

/** More than the buffers between the two ends of a socket hold. */
const file = Upload.fromBytes(new Uint8Array(16_000_000), { name: "sound.wav", type: "audio/wav" })

const Look = Route.make({
  method: "GET",
  path: "/v1/look",
  query: ["text"],
  replay: "safe",
  input: Schema.Struct({ text: Schema.String }),
  output: Schema.Struct({ credits: Schema.Number })
})

const read = CheapAi.execute(Look, { text: Reply.prompt })
const submit = Music.generate({ model: "music-2.5", idea: Reply.prompt })
const readOfAFile = CheapAi.execute(Uploads.Read, { file, title: Reply.prompt })
const submitOfAFile = CheapAi.execute(Uploads.Submit, { file, title: Reply.prompt })

const patience = 60_000

describe.concurrent.each([
  ["a connection that ends or waits", endings],
  ["a malformed status line", statusLines],
  ["a malformed head", headers],
  ["a reply of 1xx first", interim],
  ["a malformed body", bodies],
  ["a compressed body", inflated],
  ["bytes before the request", unasked]
] as const)("%s", (_, rows) => {
  it.live.each(rows)("%s: a read", (row) => judge(read, "read", row), patience)
  it.live.each(rows)("%s: a submit", (row) => judge(submit, "submit", row), patience)
})

describe.concurrent("a reply before the file was read", () => {
  it.live.each(beforeTheBody)("%s: a read of it", (row) => judge(readOfAFile, "read", row), patience)
  it.live.each(beforeTheBody)("%s: a submit of it", (row) => judge(submitOfAFile, "submit", row), patience)
})
