/** The three faces of the simulator behind one way to send, so that a test can see whether they agree. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Simulator from "@effect-cheapai/simulator/Simulator"
import * as SimulatorClient from "@effect-cheapai/simulator/SimulatorClient"
import * as SimulatorFetch from "@effect-cheapai/simulator/SimulatorFetch"
import * as SimulatorServer from "@effect-cheapai/simulator/SimulatorServer"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Sent {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly key?: string
  readonly json?: unknown
  readonly form?: () => FormData
  /** How many milliseconds to wait for the reply, and for the rest of it, before that is called silence. Default 5000. */
  readonly patience?: number
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** A reply, or which part of it never came, with the code of the failure. */
export type Outcome = Answered | `${"no reply" | "half a reply"}: ${string}`

export interface Face {
  readonly simulator: Simulator.Simulator
  readonly send: (sent: Sent) => Effect.Effect<Outcome>
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown"
  if (error.name === "TimeoutError") return "silence"
  const { cause } = error
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.message
}

/** A form brings its own content type, with the boundary. */
const headersOf = ({ form, key = "sk_test_valid" }: Sent): Record<string, string> => {
  const authorization = `Bearer ${key}`
  return form === undefined ? { authorization, "content-type": "application/json" } : { authorization }
}

const bodyOf = ({ form, json }: Sent): RequestInit =>
  form !== undefined ? { body: form() } : json !== undefined ? { body: JSON.stringify(json) } : {}

const byFetch =
  (fetch: typeof globalThis.fetch, origin: string): Face["send"] =>
  (sent) =>
    Effect.promise(async (): Promise<Outcome> => {
      const signal = AbortSignal.timeout(sent.patience ?? 5000)
      const init = {
        method: sent.method,
        headers: headersOf(sent),
        signal,
        redirect: "manual",
        ...bodyOf(sent)
      } as const
      let response: Response
      try {
        response = await fetch(origin + sent.path, init)
      } catch (error) {
        return `no reply: ${nameOf(error)}`
      }
      const { headers, status } = response
      return response.text().then(
        (text): Outcome => ({ status, headers: Object.fromEntries(headers), text }),
        (error): Outcome => `half a reply: ${nameOf(error)}`
      )
    })

const timely = <A>(
  part: "no reply" | "half a reply",
  { patience = 5000 }: Sent,
  effect: Effect.Effect<A, HttpClientError.HttpClientError>
): Effect.Effect<A, Outcome> =>
  effect.pipe(
    Effect.mapError((error): Outcome => `${part}: ${nameOf(error)}`),
    Effect.timeoutFail({ duration: patience, onTimeout: (): Outcome => `${part}: silence` })
  )

const byClient =
  (client: HttpClient.HttpClient): Face["send"] =>
  (sent) => {
    const request = HttpClientRequest.make(sent.method)(`http://a.test${sent.path}`, { headers: headersOf(sent) })
    const plain = sent.json === undefined ? request : HttpClientRequest.bodyUnsafeJson(request, sent.json)
    const full = sent.form === undefined ? plain : HttpClientRequest.bodyFormData(plain, sent.form())
    return timely("no reply", sent, client.execute(full)).pipe(
      Effect.flatMap((response) =>
        Effect.map(
          timely("half a reply", sent, response.text),
          (text): Outcome => ({ status: response.status, headers: response.headers, text })
        )
      ),
      Effect.merge
    )
  }

export const all = (
  options: Simulator.Options
): ReadonlyArray<Effect.Effect<Face, SimulatorServer.ListenError, Scope.Scope>> => [
  Effect.map(Simulator.make(options), (simulator) => ({
    simulator,
    send: byClient(SimulatorClient.make(simulator))
  })),
  Effect.map(Simulator.make(options), (simulator) => ({
    simulator,
    send: byFetch(SimulatorFetch.fetch(simulator), "http://a.test")
  })),
  Effect.map(SimulatorServer.make(options), ({ simulator, url }) => ({
    simulator,
    send: byFetch(globalThis.fetch, url)
  }))
]

/** The clock differs from face to face, and only the clock. */
export const timeless = (text: string): string => text.replace(/"created_at":"[^"]*"/g, "").replace(/"at":\d+/g, "")
