/** Opens a result file by its address: without the key, over https, through few redirects. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CheapAiConfig from "../CheapAiConfig.js"
import { DownloadError, isExpiredStatus, isRedirectStatus, isSuccessStatus } from "../CheapAiError.js"
import { CurrentRequest, type InFlight } from "../Transport.js"
import { attempted, type Position } from "./attempt.js"
import { readBody } from "./body.js"
import { CallOptions } from "./callOptions.js"
import { type Client, policyOf, timesOf } from "./execute.js"
import { retryAfter } from "./retryAfter.js"
import { retryLoop } from "./retryLoop.js"

export interface OpenedFile {
  /** In bytes, when the host said. */
  readonly size: number | undefined
  readonly bytes: Stream.Stream<Uint8Array, DownloadError>
}

const route = { key: "result file" }
const mostRedirects = 5

type Facts = Pick<DownloadError, "message" | "reason"> &
  Partial<Pick<DownloadError, "received" | "expected" | "status" | "retryAfter">>

const failure = (facts: Facts) => new DownloadError({ ...facts, route: route.key, replay: "safe" })
const broken = (message: string, facts: Partial<Facts> = {}) => failure({ message, reason: "transport", ...facts })

const unanswered = () => broken("The host of the file did not answer in time.")

/** A file of this machine is fetched only by a client of this machine. */
const isAllowed = (url: URL, baseUrl: string): boolean =>
  url.protocol === "https:" ||
  (url.protocol === "http:" &&
    CheapAiConfig.isLoopback(url.hostname) &&
    CheapAiConfig.isLoopback(new URL(baseUrl).hostname))

const lengthOf = ({ headers }: HttpClientResponse): number | undefined => {
  const length = headers["content-length"]
  return length !== undefined && /^\d+$/.test(length) && headers["content-encoding"] === undefined
    ? Number(length)
    : undefined
}

/** The bytes, counted against what was announced, never waiting longer than `idle` for the next. */
const counted = (response: HttpClientResponse, idle: Duration.Duration): OpenedFile => {
  const expected = lengthOf(response)
  const bytes = Stream.suspend(() => {
    let received = 0
    const check = Stream.suspend(() =>
      expected === undefined || received === expected
        ? Stream.empty
        : Stream.fail(
            failure({ message: "The file is not as long as announced.", reason: "length", received, expected })
          )
    )
    return response.stream.pipe(
      Stream.catchAll((error) =>
        error.reason === "EmptyBody" ? Stream.empty : Stream.fail(broken("The file broke off.", { received, expected }))
      ),
      Stream.timeoutFail(() => broken("The file stood still for too long.", { received, expected }), idle),
      Stream.tap((chunk) =>
        Effect.sync(() => {
          received += chunk.byteLength
        })
      ),
      Stream.concat(check)
    )
  })
  return { size: expected, bytes }
}

/** A page's fetch hides where a redirect leads (status 0): it has to follow it by itself. */
const followed = Effect.provideService(FetchHttpClient.RequestInit, { redirect: "follow" as const })

/** One try to open a file: its latest request, and the reply to that. */
interface Opening {
  readonly client: Client
  readonly idle: Duration.Duration
  inFlight: InFlight
  reply: HttpClientResponse | undefined
}

/** Each request has its own, by which a client knows whose connection to give up: the default is one for all. */
const begin = ({ adapter }: Client): InFlight => ({
  replay: "safe",
  evidence: adapter.evidence,
  abandoned: false,
  uploaded: () => {},
  isWatched: false
})

const request = (opening: Opening, url: URL) =>
  Effect.suspend(() => {
    const { client, idle } = opening
    opening.inFlight = begin(client)
    opening.reply = undefined
    return client.files
      .execute(HttpClientRequest.get(url, { headers: { accept: "*/*", ...client.adapter.headers } }))
      .pipe(
        Effect.provideService(CurrentRequest, opening.inFlight),
        Effect.tap((reply) => {
          opening.reply = reply
        }),
        Effect.mapError(() => broken("The host of the file could not be reached.")),
        Effect.catchAllDefect(() => Effect.fail(broken("The host of the file could not be reached."))),
        Effect.timeoutFail({ duration: idle, onTimeout: unanswered })
      )
  })

const refused = (response: HttpClientResponse) =>
  Effect.gen(function* () {
    const { headers, status } = response
    const expired = isExpiredStatus(status)
    const message = expired ? "The file's address is no longer valid." : `The host of the file answered ${status}.`
    const now = yield* Clock.currentTimeMillis
    yield* readBody(response)
    const reason = expired ? "expired" : "status"
    return yield* failure({ message, reason, status, retryAfter: retryAfter(headers, now) })
  })

const open = (opening: Opening, url: URL, redirects: number): Effect.Effect<OpenedFile, DownloadError> =>
  Effect.gen(function* () {
    if (!isAllowed(url, opening.client.baseUrl)) {
      return yield* failure({ message: "The file's address is not one of https.", reason: "status" })
    }
    const first = yield* request(opening, url)
    const response = first.status === 0 ? yield* followed(request(opening, url)) : first
    if (isSuccessStatus(response.status)) return counted(response, opening.idle)
    const target = response.headers.location
    if (!isRedirectStatus(response.status) || target === undefined || !URL.canParse(target, url)) {
      return yield* refused(response)
    }
    yield* readBody(response)
    if (redirects === 0) return yield* failure({ message: "The file was redirected too often.", reason: "status" })
    return yield* open(opening, new URL(target, url), redirects - 1)
  })

/** One try within the time left, through redirects, and the record of it. */
const tryOpen = (client: Client, idle: Duration.Duration, url: URL) => (position: Position, left: Duration.Duration) =>
  Effect.gen(function* () {
    if (Duration.equals(left, Duration.zero)) {
      return yield* broken("The call's time was over before the file was opened.")
    }
    const opening: Opening = { client, idle, inFlight: begin(client), reply: undefined }
    const startedAt = yield* DateTime.now
    const [took, result] = yield* open(opening, url, mostRedirects).pipe(
      Effect.timeoutFail({ duration: left, onTimeout: unanswered }),
      Effect.either,
      Effect.timed
    )
    const { inFlight, reply } = opening
    return attempted({ route, secrets: [] }, { inFlight, position }, { startedAt, took }, { reply, result })
  })

/** Tries again as the client's policy and budget allow, but not with an address that has expired. */
export const openFileWith =
  (client: Client) =>
  (url: URL): Effect.Effect<OpenedFile, DownloadError> =>
    Effect.flatMap(CallOptions, (settings) => {
      const { idle, total } = timesOf(client, settings)
      const opened = retryLoop({
        replay: "safe",
        policy: policyOf(client, settings),
        total,
        budget: client.budget,
        obstacle: ({ reason }) => (reason === "expired" ? "not-transient" : undefined),
        send: tryOpen(client, idle, url)
      })
      return Effect.tap(opened, client.budget.reward)
    })
