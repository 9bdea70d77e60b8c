/** The fields that errors share, and the three properties that follow from them. */
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Attempt, Outcome, Stopped } from "../Attempt.js"

export const Replay = Schema.Literal("safe", "once")
export type Replay = typeof Replay.Type

export const Source = Schema.Literal("service", "gateway")
export type Source = typeof Source.Type

export const Issue = Schema.Struct({ path: Schema.String, reason: Schema.String })
export type Issue = typeof Issue.Type

const withDefault = <A, I>(schema: Schema.Schema<A, I>, value: NoInfer<A>) =>
  Schema.propertySignature(schema).pipe(Schema.withConstructorDefault(() => value))

/** Kept in memory for whoever debugs; absent from the encoded form. */
const hiddenBody = Schema.optionalToOptional(Schema.Undefined, Schema.RedactedFromSelf(Schema.String), {
  decode: () => Option.none(),
  encode: () => Option.none()
})

export const everyError = (outcome: Outcome) => ({
  message: Schema.String,
  route: withDefault(Schema.String, ""),
  replay: withDefault(Replay, "once"),
  outcome: withDefault(Outcome, outcome),
  attempts: withDefault(Schema.Array(Attempt), []),
  stopped: Schema.optional(Stopped),
  taskId: Schema.optional(Schema.String)
})

export const answered = (status: number, outcome: Outcome) => ({
  ...everyError(outcome),
  status: withDefault(Schema.Number, status),
  source: withDefault(Source, "service"),
  type: Schema.optional(Schema.String),
  requestId: Schema.optional(Schema.String),
  retryAfter: Schema.optional(Schema.DurationFromMillis),
  /** The platform kept headers of the reply from the client: that there is no `retryAfter` then proves nothing. */
  headersHidden: Schema.optional(Schema.Boolean),
  body: hiddenBody
})

export const identifier = (tag: string) => `@effect-cheapai/core/${tag}`
export const httpStatus = <A>(status: number) => HttpApiSchema.annotations<A>({ status })

interface Shared {
  readonly replay: Replay
  readonly outcome: Outcome
  readonly stopped?: Stopped | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript requires `any[]` of a constructor that a mixin extends
type Constructor<A> = new (...args: any[]) => A

/** Adds what follows from the class and its fields; `remedy` and `transient` are the class's row of the table. */
export const explained = <Base extends Constructor<Shared>>(
  base: Base,
  row: {
    readonly remedy: string | ((error: InstanceType<Base>) => string)
    readonly transient: boolean | ((error: InstanceType<Base>) => boolean)
  }
) =>
  class extends base {
    /** What to do about it, and the page to visit. */
    get remedy(): string {
      return typeof row.remedy === "string" ? row.remedy : row.remedy(this as InstanceType<Base>)
    }

    /** Whether the same request may succeed later, judged by the status or the failure alone. */
    get isTransient(): boolean {
      return typeof row.transient === "boolean" ? row.transient : row.transient(this as InstanceType<Base>)
    }

    /**
     * Whether calling again is safe *and* may help. On a `once` route it is `false` for the outcomes `"unknown"` and
     * `"failed"`: `Effect.retry({ while: (error) => error.isRetryable })` can't pay twice.
     * Nor is it after `stopped: "stream-used"`: the upload has to be made again first.
     */
    get isRetryable(): boolean {
      const maybeCarriedOut = this.outcome === "unknown" || this.outcome === "failed"
      return this.isTransient && this.stopped !== "stream-used" && !(this.replay === "once" && maybeCarriedOut)
    }
  }
