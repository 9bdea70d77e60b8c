import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as Child from "./child.js"
import { root } from "./documents.js"

/** What each program must print, in this order. */
const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
  "another-route.ts": [
    "502, failed: trying another model",
    "1 track",
    "502, unknown: it may be paid for, so I stop",
    "2 charges for 2 calls"
  ],
  "common-mistakes.ts": [
    "1. ConfigError; 0 requests",
    "2. InvalidInputError: The stored task was created by POST /v1/task/dubbing.",
    "3. before: undefined",
    "3. awaited: wav",
    "4. UnauthorizedError, expired: 1 request",
    "4. RateLimitedError, daily-limit: 1 request",
    "5. InvalidInputError, not-sent: voiceSetting belongs to MiniMax (/v1m): call TextToSpeech.miniMax."
  ],
  "connections.ts": [
    "the proxy was asked for api.cheapaiapi.com:443",
    "refused, not-sent: The proxy refused a connection to the service: it answered 407.",
    "past the proxy: 100000 credits",
    "a path in place of a certificate: ",
    "ca",
    "give it as PEM"
  ],
  "custom-routes.ts": [
    "samples: one, two",
    "POST /v1/task/echo: Hello Hello",
    "InvalidInputError, not-sent: The input was not sent. text: expected a non empty string",
    "sent: GET /v1/voices/a%2Fb/samples?limit=2",
    "sent: GET /v1/voices/a%2Fb/samples?limit=2",
    "sent: POST /v1/task/echo",
    "sent: GET /v1/task/task_echo"
  ],
  "downloads.ts": [
    "a stream of 88244 bytes",
    "later: DownloadError, expired",
    "with a fresh address: it came",
    "on disk: 88244 bytes",
    "a second download broke off, DownloadError: the file still has 88244 bytes"
  ],
  "error-format.ts": [
    "500 InternalError from the service: Internal error (undefined)",
    "500 InternalError from the service: Internal error (server_error)",
    "500 InternalError from the service: Internal error (undefined)",
    "500 InternalError from the gateway",
    "502 ProcessingError from the gateway",
    "200 UnsuccessfulResponseError from the service: Task polling temporarily busy"
  ],
  "first-program.ts": ["balance: 100000 credits", ".wav for 1188 credits"],
  "limits.ts": [
    "2 of 3 songs were submitted",
    "The credit limit of 2500 does not allow 1188 more: 2376 are booked. Nothing was sent, so no credits were spent."
  ],
  "lost-reply.ts": [
    "standard: 1 requests, 1 charges, outcome unknown",
    "payOnce: 1 requests, 1 charges, outcome unknown",
    "documented: 2 requests, 2 charges, a task"
  ],
  "proxy-handler.ts": ['200 {"success":true,"credits":100000}', "for pages of https://app.example.com"],
  "proxy.ts": [
    "page: 100000 credits in the account",
    "page: 1 track",
    "page: InsufficientBalanceError, rejected",
    "page: ForbiddenError, rejected",
    "page: NotFoundError, rejected"
  ],
  "rate-limited.ts": [
    "pace: 429 RateLimitedError, after waiting for nothing",
    "pace: 200 success, after waiting for retry-after",
    "pace: 100000 credits",
    "daily limit: 1 request."
  ],
  "refused.ts": ["400: ", "401: another key is needed. The key is expired", "402: ", "403: ", "4 requests for 4 calls"],
  "resume.ts": ["first process: submitted and kept", "second process: done for 200 credits", "1 charge"],
  "retry-browser.ts": [
    "GET /v1/credits try 1: 503 ServiceUnavailableError",
    "GET /v1/credits try 2: 200 success",
    "POST /v1m/task/music-generation try 1: no reply TransportError, evidence unknown",
    "outcome unknown, stopped: once-unknown",
    "a secret key in a page: ConfigError"
  ],
  "retry-node.ts": [
    "GET /v1/credits try 2: 503 ServiceUnavailableError",
    "GET /v1/credits try 3: 200 success",
    "POST /v1m/task/music-generation try 1: reset TransportError",
    "outcome unknown, stopped: once-unknown",
    "1 charge"
  ],
  "service-faults.ts": [
    "after one 500: 100000 credits",
    "after three 503: ",
    "The client made 3 requests (503, 503, 503)"
  ],
  "tasks.ts": [
    "submitted, 99800 credits left",
    "TaskTimeoutError: The task was not done in time; it goes on.",
    "doing, ",
    "a poll met ProcessingError",
    "done for 200 credits",
    "true, wav",
    "1 charge"
  ],
  "uploads.ts": [
    "path: a task; try 2 sent all of it",
    "file: a task; try 2 sent all of it",
    "blob: a task; try 2 sent all of it",
    "bytes: a task; try 2 sent all of it",
    "stream: ServiceUnavailableError, stopped: stream-used; try 1 sent all of it",
    "InvalidInputError: The input was not sent. file: does not exist"
  ],
  "webhook.ts": [
    "submitted",
    "a notification came, answered 204",
    "the task was fetched",
    "woken by it: done for 200 credits"
  ]
}

/** The places of the parts, each looked for behind the one before; -1 for one that is not there. */
const places = (text: string, parts: ReadonlyArray<string>): ReadonlyArray<number> => {
  let from = 0
  return parts.map((part) => {
    const place = text.indexOf(part, from)
    if (place >= 0) from = place + part.length
    return place
  })
}

describe("docs/examples", () => {
  it("are all expected to print something", () => {
    expect(Object.keys(expected)).toEqual(readdirSync(join(root, "docs/examples")).sort())
  })

  it.concurrent.each(Object.entries(expected))("%s", { timeout: 90_000 }, async (name, parts) => {
    const ended = await Child.run(`examples/${name}`)
    expect({ code: ended.code, stderr: ended.stderr }, ended.stdout).toEqual({ code: 0, stderr: "" })
    expect(places(ended.stdout, parts), ended.stdout).not.toContain(-1)
  })
})
