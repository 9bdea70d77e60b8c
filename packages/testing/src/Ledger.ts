/**
 * Reads what a simulated account was charged, refunded and refused: the simulator's own functions.
 *
 * @since 0.1.0
 */

/**
 * `charges`, `refunds`, `refusals`, `charged`, `refunded`, `balance` and `violations`.
 *
 * @since 0.1.0
 */
export * from "@effect-cheapai/simulator/Ledger"
