import { describe, expect, it } from "@effect/vitest"
import * as ApiKey from "@effect-cheapai/simulator/ApiKey"

describe("ApiKey", () => {
  it("has one default key for each state", () => {
    expect(ApiKey.defaults).toEqual({
      sk_test_valid: "valid",
      sk_test_expired: "expired",
      sk_test_daily: "over-daily-limit",
      sk_test_forbidden: { forbiddenModels: "all" }
    })
  })

  it("forbids all models or the named ones", () => {
    expect(ApiKey.isAllowed("valid", "music-2.5")).toBe(true)
    expect(ApiKey.isAllowed({ forbiddenModels: "all" }, "music-2.5")).toBe(false)
    expect(ApiKey.isAllowed({ forbiddenModels: ["music-2.5"] }, "music-2.5")).toBe(false)
    expect(ApiKey.isAllowed({ forbiddenModels: ["music-2.5"] }, "music-2.5+")).toBe(true)
  })
})
