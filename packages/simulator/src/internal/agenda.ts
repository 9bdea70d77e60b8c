/** What falls due later, as a value: the earliest first, and of one time the first that was added. */
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as SortedMap from "effect/SortedMap"

interface Key {
  readonly at: number
  readonly number: number
}

export interface Agenda<A> {
  /** How many were ever added: the number of the next. */
  readonly added: number
  readonly items: SortedMap.SortedMap<Key, A>
}

const byTime: Order.Order<Key> = Order.combine(
  Order.mapInput(Order.number, ({ at }: Key) => at),
  Order.mapInput(Order.number, ({ number }: Key) => number)
)

export const empty = <A>(): Agenda<A> => ({ added: 0, items: SortedMap.empty(byTime) })

export const add = <A>(agenda: Agenda<A>, at: number, item: A): Agenda<A> => ({
  added: agenda.added + 1,
  items: SortedMap.set(agenda.items, { at, number: agenda.added }, item)
})

export interface Due<A> {
  readonly at: number
  readonly item: A
  readonly rest: Agenda<A>
}

/** The earliest of all, and what is left without it. */
export const first = <A>(agenda: Agenda<A>): Option.Option<Due<A>> =>
  Option.map(SortedMap.headOption(agenda.items), ([key, item]) => ({
    at: key.at,
    item,
    rest: { ...agenda, items: SortedMap.remove(agenda.items, key) }
  }))
