/** The memory and speed of a large upload and a large download, each in a process of its own, against a third. */
import { type ChildProcess, fork } from "node:child_process"
import type { Figures } from "./measured.js"

const size = 2_000_000_000
const mostRise = 96
/** V8 lets 60 to 70 MB of buffers pile up before it frees them, and some more where other programs keep it waiting. */
const runs = 3

const start = (module: string, args: ReadonlyArray<string>): ChildProcess =>
  fork(new URL(module, import.meta.url), args, { stdio: "inherit" })

const message = <A>(child: ChildProcess): Promise<A> =>
  new Promise((resolve, reject) => {
    child.once("message", (sent) => resolve(sent as A)) // what our own children send
    child.once("exit", (code) => reject(new Error(`A child ended with ${code}`)))
  })

const inMegabytes = (bytes: number) => bytes / 1_000_000

const riseOf = ({ before, peak }: Figures): number => inMegabytes(peak - before)

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const print = (kind: string, figures: Figures): void => {
  const { before, bytes, peak, seconds } = figures
  const columns = [
    `${inMegabytes(bytes).toFixed(0)} MB in ${seconds.toFixed(1)} s`,
    `${(inMegabytes(bytes) / seconds).toFixed(0)} MB/s`,
    `resident ${inMegabytes(before).toFixed(0)} MB before, ${inMegabytes(peak).toFixed(0)} MB at most`,
    `rise ${riseOf(figures).toFixed(0)} MB`
  ]
  console.log(`${kind.padEnd(8)}  ${columns.join("  ")}`)
}

const judge = (kind: string, runs: ReadonlyArray<Figures>): void => {
  const rise = median(runs.map(riseOf))
  console.log(`${kind.padEnd(8)}  median rise ${rise.toFixed(0)} MB of ${mostRise} allowed`)
  if (rise > mostRise || runs.some(({ bytes }) => bytes < size)) process.exitCode = 1
}

const server = start("./fileServer.ts", [])
const { port } = await message<{ readonly port: number }>(server)
try {
  for (const kind of ["upload", "download"]) {
    const figures: Array<Figures> = []
    for (let run = 0; run < runs; run++) {
      const measured = await message<Figures>(start("./measured.ts", [kind, String(size), `http://127.0.0.1:${port}`]))
      print(kind, measured)
      figures.push(measured)
    }
    judge(kind, figures)
  }
} finally {
  server.kill()
}
