/**
 * The keys a simulated account has, and what each may do.
 *
 * @since 0.1.0
 */

/**
 * `valid`; `expired` (401 everywhere); `over-daily-limit` (429 on billed routes); or not allowed some models (403).
 *
 * @since 0.1.0
 * @category models
 */
export type State =
  | "valid"
  | "expired"
  | "over-daily-limit"
  | { readonly forbiddenModels: ReadonlyArray<string> | "all" }

/**
 * One key for each state: `sk_test_valid`, `sk_test_expired`, `sk_test_daily`, `sk_test_forbidden` (no model allowed).
 *
 * @since 0.1.0
 * @category configuration
 */
export const defaults: Readonly<Record<string, State>> = {
  sk_test_valid: "valid",
  sk_test_expired: "expired",
  sk_test_daily: "over-daily-limit",
  sk_test_forbidden: { forbiddenModels: "all" }
}

/**
 * Whether a key of this state may use this model.
 *
 * @since 0.1.0
 * @category guards
 */
export const isAllowed = (state: State, model: string): boolean =>
  typeof state === "string" || (state.forbiddenModels !== "all" && !state.forbiddenModels.includes(model))
