/** What the simulator charged since the plan was chosen: the other side of what the client's error says. */
import * as Schema from "effect/Schema"

export const Books = Schema.Struct({
  submits: Schema.Number,
  charges: Schema.Number,
  charged: Schema.Number,
  refunded: Schema.Number
})
export type Books = typeof Books.Type

const number = new Intl.NumberFormat("en")

export const credits = (count: number): string => `${number.format(count)} credits`

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`

export const sentence = ({ charged, charges, refunded, submits }: Books): string => {
  const paid = charges === 0 ? "nothing was charged" : `${plural(charges, "charge")}, ${credits(charged)}`
  const back = refunded === 0 ? "" : `, ${number.format(refunded)} of them given back`
  return `${plural(submits, "submit")} arrived; ${paid}${back}.`
}
