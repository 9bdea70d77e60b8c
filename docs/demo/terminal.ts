/** What the demo writes with: a heading, aligned columns, wrapped text, and one line that is drawn again in place. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const { stdout } = process

/** A line can be drawn again only on a terminal that a person looks at. */
export const isInteractive = stdout.isTTY === true && process.env.TERM !== "dumb"

const hasColour = isInteractive && (process.env.NO_COLOR ?? "") === ""

const paint = (code: number) => (text: string) => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = paint(1)
export const dim = paint(2)
export const red = paint(31)
export const green = paint(32)
export const yellow = paint(33)

export const width = Math.max(60, Math.min(stdout.columns ?? 100, 100))

export const print = (line = "") => Console.log(line)

export const heading = (title: string) => print(`\n${bold(title)}`)

export const seconds = (millis: number, digits = 1) => `${(millis / 1000).toFixed(digits)} s`

export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`
    if (lines.length === 0 || longer.length > columns) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}

export const paragraph = (text: string) =>
  print(
    wrap(text, width - 2)
      .map(indented)
      .join("\n")
  )

const indented = (line: string) => `  ${line}`

export interface Row {
  readonly cells: ReadonlyArray<string>
  readonly paint?: (text: string) => string
}

/** Columns as wide as their widest cell; the last one is wrapped at the edge of the terminal. */
export const table = (rows: ReadonlyArray<Row>) => {
  const count = Math.max(...rows.map(({ cells }) => cells.length)) - 1
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0))
  )
  const used = widths.reduce((total, column) => total + column + 2, 2)
  const lines = rows.flatMap(({ cells, paint = (text: string) => text }) => {
    const left = widths.map((column, index) => (cells[index] ?? "").padEnd(column)).join("  ")
    const [first = "", ...rest] = wrap(cells[count] ?? "", width - used)
    return [`${left}  ${first}`.trimEnd(), ...rest.map((line) => " ".repeat(used - 2) + line)].map(paint).map(indented)
  })
  return print(lines.join("\n"))
}

export interface Drawing {
  readonly fraction: number
  readonly note: string
}

const bar = ({ fraction, note }: Drawing, millis: number) => {
  const full = Math.round(fraction * 24)
  const text = `${String(Math.round(100 * fraction)).padStart(3)} %  ${seconds(millis).padStart(6)}  ${note}`
  return `  ${green("█".repeat(full))}${dim("░".repeat(24 - full))} ${text.slice(0, width - 28)}`
}

/** Draws a progress bar ten times a second while the effect runs, and leaves its last state standing. */
export const withBar =
  (current: Effect.Effect<Drawing>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    if (!isInteractive) return effect
    const begun = Date.now()
    const draw = Effect.map(current, (drawing) => stdout.write(`\r\u001b[2K${bar(drawing, Date.now() - begun)}`))
    return Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis"))).pipe(
      Effect.zipRight(effect),
      Effect.scoped,
      Effect.ensuring(Effect.zipRight(draw, print()))
    )
  }
