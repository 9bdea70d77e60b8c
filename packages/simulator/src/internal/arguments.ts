/** The command line of `cheapai-simulator`. */
import { parseArgs } from "node:util"
import * as Either from "effect/Either"

export interface Arguments {
  readonly help: boolean
  readonly port: number
  readonly host: string
}

export const usage = `Usage: cheapai-simulator [--port <number>] [--host <address>]

Answers as the CheapAI HTTP API does. Nothing is spent, and nothing leaves this
machine but the webhooks that requests ask for.

  --port <number>   port to listen on, 0 for any free one (default 4010)
  --host <address>  address to listen on (default 127.0.0.1)
  --help            print this text

For tests in any language, without a key, and never struck by a fault:
  GET  /__simulator/ledger  opening, balance, entries, violations, requests
  GET  /__simulator/faults  the names of all faults, and on what they can happen
  POST /__simulator/faults  {"seed":1,"rate":0.3,"length":20,"faults":[…]} or
                            {"strikes":[{"on":"submit","at":1,"fault":"charged-502"}]}
  POST /__simulator/reset   starts again: full balance, no tasks, no faults
`

const options = {
  port: { type: "string", default: "4010" },
  host: { type: "string", default: "127.0.0.1" },
  help: { type: "boolean", default: false }
} as const

/** The arguments, or one line that says what is wrong with them. */
export const parse = (args: ReadonlyArray<string>): Either.Either<Arguments, string> =>
  Either.try({
    try: () => parseArgs({ args: Array.from(args), options, strict: true }).values,
    catch: (error) => (error instanceof Error ? error.message : String(error))
  }).pipe(
    Either.flatMap(({ port, host, help }) =>
      /^\d{1,5}$/.test(port) && Number(port) <= 65_535
        ? Either.right({ port: Number(port), host, help })
        : Either.left(`--port must be a number from 0 to 65535, not "${port}"`)
    )
  )
