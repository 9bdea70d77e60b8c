import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CreditStore from "../src/CreditStore.js"

const booking = (callerId: string, credits: number) => ({ callerId, credits, route: "POST /v1/x" })

it.effect("a store in memory keeps each caller's sum below the limit, and gives back what is released", () =>
  Effect.gen(function* () {
    const { book, release } = yield* CreditStore.makeInMemory
    expect(yield* book(booking("ann", 60), 100)).toBe(true)
    expect(yield* book(booking("ann", 41), 100)).toBe(false)
    expect(yield* book(booking("ann", 40), 100)).toBe(true)
    expect(yield* book(booking("bob", 100), 100)).toBe(true)
    yield* release(booking("ann", 60))
    expect(yield* book(booking("ann", 61), 100)).toBe(false)
    expect(yield* book(booking("ann", 60), 100)).toBe(true)
  })
)
