/** Writes down that a request begins to leave. undici calls `onRequestStart` on a ready connection, before it writes. */
import type { InFlight } from "@effect-cheapai/core/Transport"
import { DecoratorHandler, type Dispatcher } from "undici"

class ReportStart extends DecoratorHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler
  readonly #inFlight: InFlight

  constructor(handler: Dispatcher.DispatchHandler, inFlight: InFlight) {
    super(handler)
    this.#handler = handler
    this.#inFlight = inFlight
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
    if (this.#inFlight.abandoned) controller.abort(new Error("The caller has gone"))
    else this.#inFlight.evidence = "started"
  }
}

export const reportStart =
  (inFlight: InFlight): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, new ReportStart(handler, inFlight))
