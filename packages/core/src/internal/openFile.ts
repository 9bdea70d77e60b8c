/** Opens a result file by its address: without the key, over https, through few redirects. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CheapAiConfig from "../CheapAiConfig.js"
import { DownloadError, isExpiredStatus, isRedirectStatus, isSuccessStatus } from "../CheapAiError.js"
import { CurrentRequest } from "../Transport.js"
import { readBody } from "./body.js"
import { CallOptions } from "./callOptions.js"
import type { Client } from "./execute.js"

export interface OpenedFile {
  /** In bytes, when the host said. */
  readonly size: number | undefined
  readonly bytes: Stream.Stream<Uint8Array, DownloadError>
}

const route = "result file"
const mostRedirects = 5

type Facts = Pick<DownloadError, "message" | "reason"> &
  Partial<Pick<DownloadError, "received" | "expected" | "status">>

const failure = (facts: Facts) => new DownloadError({ ...facts, route, replay: "safe" })
const broken = (message: string, facts: Partial<Facts> = {}) => failure({ message, reason: "transport", ...facts })

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

/** Each request has its own, by which a client knows whose connection to give up: the default is one for all. */
const inFlight = ({ adapter }: Client) =>
  Effect.provideService(CurrentRequest, {
    replay: "safe",
    evidence: adapter.evidence,
    abandoned: false,
    uploaded: () => {},
    isWatched: false
  })

const request = (client: Client, url: URL, idle: Duration.Duration) =>
  client.files.execute(HttpClientRequest.get(url, { headers: { accept: "*/*", ...client.adapter.headers } })).pipe(
    inFlight(client),
    Effect.mapError(() => broken("The host of the file could not be reached.")),
    Effect.catchAllDefect(() => Effect.fail(broken("The host of the file could not be reached."))),
    Effect.timeoutFail({ duration: idle, onTimeout: () => broken("The host of the file did not answer in time.") })
  )

const refused = (response: HttpClientResponse) => {
  const { status } = response
  const expired = isExpiredStatus(status)
  const message = expired ? "The file's address is no longer valid." : `The host of the file answered ${status}.`
  return Effect.zipRight(
    readBody(response),
    Effect.fail(failure({ message, reason: expired ? "expired" : "status", status }))
  )
}

const open = (
  client: Client,
  url: URL,
  idle: Duration.Duration,
  redirects: number
): Effect.Effect<OpenedFile, DownloadError> =>
  Effect.gen(function* () {
    if (!isAllowed(url, client.baseUrl)) {
      return yield* failure({ message: "The file's address is not one of https.", reason: "status" })
    }
    const first = yield* request(client, url, idle)
    const response = first.status === 0 ? yield* followed(request(client, url, idle)) : first
    if (isSuccessStatus(response.status)) return counted(response, idle)
    const target = response.headers.location
    if (!isRedirectStatus(response.status) || target === undefined || !URL.canParse(target, url)) {
      return yield* refused(response)
    }
    yield* readBody(response)
    if (redirects === 0) return yield* failure({ message: "The file was redirected too often.", reason: "status" })
    return yield* open(client, new URL(target, url), idle, redirects - 1)
  })

/** Tries again as the client's policy allows, but not with an address that has expired. */
export const openFileWith =
  (client: Client) =>
  (url: URL): Effect.Effect<OpenedFile, DownloadError> =>
    Effect.flatMap(CallOptions, (settings) => {
      const policy = settings.retry ?? client.settings.retry ?? CheapAiConfig.defaults.retry
      const idle = settings.timeouts.idle ?? client.settings.timeouts?.idle ?? CheapAiConfig.defaults.idleTimeout
      return Effect.retry(open(client, url, Duration.decode(idle), mostRedirects), {
        schedule: "schedule" in policy ? policy.schedule : policy,
        while: (error) => error.reason !== "expired"
      })
    })
