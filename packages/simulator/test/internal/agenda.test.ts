import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Agenda from "../../src/internal/agenda.js"

/** All items, earliest first. */
const drain = <A>(agenda: Agenda.Agenda<A>): ReadonlyArray<readonly [number, A]> =>
  Option.match(Agenda.first(agenda), {
    onNone: () => [],
    onSome: ({ at, item, rest }) => [[at, item], ...drain(rest)]
  })

describe("agenda", () => {
  it("is nothing at first", () => {
    expect(Option.isNone(Agenda.first(Agenda.empty()))).toBe(true)
  })

  it("gives the earliest first, and of one time the first that was added", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.integer({ min: 0, max: 9 })), (times) => {
        const agenda = times.reduce((all, at, index) => Agenda.add(all, at, index), Agenda.empty<number>())
        const expected = times.map((at, index) => [at, index] as const).sort((a, b) => a[0] - b[0])
        expect(drain(agenda)).toEqual(expected)
        expect(agenda.added).toBe(times.length)
      }),
      { seed: 1 }
    )
  })

  it("takes an item added at the time of one that was taken out", () => {
    const one = Agenda.add(Agenda.empty<string>(), 5, "a")
    const rest = Option.getOrThrow(Agenda.first(one)).rest
    expect(drain(Agenda.add(rest, 5, "b"))).toEqual([[5, "b"]])
  })
})
