/** Posts deliveries to real receivers: one try each, bounded in time, and what comes of it is nobody's concern. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Delivery } from "../Simulator.js"

/** A redirect is an answer like any other: the receiver is the URL that was asked for. */
export const post = ({ body, url }: Delivery, patience: Duration.DurationInput = "5 seconds"): Effect.Effect<void> =>
  Effect.tryPromise(async (signal) => {
    const headers = { "content-type": "application/json" }
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal })
    await response.body?.cancel()
  }).pipe(Effect.timeout(patience), Effect.ignore)

/** Posts each as it comes; one slow receiver holds up no other. */
export const postAll = (deliveries: Stream.Stream<Delivery>): Effect.Effect<void> =>
  Stream.mapEffect(deliveries, (delivery) => post(delivery), { concurrency: "unbounded", unordered: true }).pipe(
    Stream.runDrain
  )
