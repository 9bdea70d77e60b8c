/** Writes down that a request begins to leave. undici calls `onRequestStart` on a ready connection, before it writes. */
import type { InFlight } from "@effect-cheapai/core/Transport"
import type { Dispatcher } from "undici"

const reporting = (handler: Dispatcher.DispatchHandler, inFlight: InFlight): Dispatcher.DispatchHandler => ({
  onRequestStart: (controller, context) => {
    handler.onRequestStart?.(controller, context)
    if (inFlight.abandoned) controller.abort(new Error("The caller has gone"))
    else inFlight.evidence = "started"
  },
  onRequestUpgrade: (...of) => handler.onRequestUpgrade?.(...of),
  onResponseStart: (...of) => handler.onResponseStart?.(...of),
  onResponseData: (...of) => handler.onResponseData?.(...of),
  onResponseEnd: (...of) => handler.onResponseEnd?.(...of),
  onResponseError: (...of) => handler.onResponseError?.(...of)
})

export const reportStart =
  (inFlight: InFlight): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, reporting(handler, inFlight))
