/**
 * For servers that pass the calls of others on: what a reply or its absence means, and how a submit outlives whoever asked
 * for it, exactly as the engine has it for its own calls. Nothing here sends.
 *
 * @since 0.1.0
 */
import { clientError, timeoutError } from "./internal/failure.js"
import { decodeReply, type WireReply } from "./internal/response.js"
import { outlive } from "./internal/submitScope.js"
import { announce, orphaned } from "./internal/submitted.js"

export type {
  /**
   * A reply whose body has been read; header names are lower-case.
   *
   * @since 0.1.0
   * @category models
   */
  WireReply
}

export {
  /**
   * Tells of the task that a result created, if it did. A fault in a handler is logged.
   *
   * @since 0.1.0
   * @category combinators
   */
  announce,
  /**
   * The error of a request whose reply did not come; its outcome is what the evidence proves.
   *
   * @since 0.1.0
   * @category errors
   */
  clientError,
  /**
   * A reply as the client would read it: the route's output, or the error with its outcome. Total over any reply.
   *
   * @since 0.1.0
   * @category constructors
   */
  decodeReply,
  /**
   * Says in the log what nobody is left to be told: a request ended after its caller had gone.
   *
   * @since 0.1.0
   * @category combinators
   */
  orphaned,
  /**
   * Runs a request that is not lost with its caller: once it may have left, an interruption frees the caller alone, and
   * the request ends in the given scope.
   *
   * @since 0.1.0
   * @category combinators
   */
  outlive,
  /**
   * The error of a request that took too long.
   *
   * @since 0.1.0
   * @category errors
   */
  timeoutError
}
