import * as Faults from "@effect-cheapai/simulator/Faults"
import { describe, expect, test } from "tstyche"

describe("a strike", () => {
  test("is of a fault where it can happen", () => {
    expect(Faults.strike).type.toBeCallableWith("submit", 1, "charged-reset")
    expect(Faults.strike).type.toBeCallableWith("poll", 1, "poll-busy")
    expect(Faults.strike).type.toBeCallableWith("file", 1, "file-expired")
    expect(Faults.strike).type.toBeCallableWith("webhook", 1, "webhook-lost")
    expect(Faults.strike).type.toBeCallableWith("read", 1, "redirect-302")
    expect(Faults.strike).type.toBeCallableWith("file", 1, "status-503-error", { booked: true })
  })

  test("is of no other", () => {
    expect(Faults.strike).type.not.toBeCallableWith("submit", 1, "poll-busy")
    expect(Faults.strike).type.not.toBeCallableWith("poll", 1, "charged-reset")
    expect(Faults.strike).type.not.toBeCallableWith("read", 1, "task-fails")
    expect(Faults.strike).type.not.toBeCallableWith("submit", 1, "task-status-unknown")
    expect(Faults.strike).type.not.toBeCallableWith("file", 1, "redirect-302")
    expect(Faults.strike).type.not.toBeCallableWith("submit", 1, "webhook-lost")
    expect(Faults.strike).type.not.toBeCallableWith("webhook", 1, "reset")
  })

  test("may be of a fault that only a run knows", () => {
    expect(Faults.strike).type.toBeCallableWith("submit" as Faults.Phase, 1, "reset" as Faults.Name)
  })
})
