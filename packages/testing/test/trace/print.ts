/** Writes the traces of 50 seeds, for another process to compare; beside them, on the other stream, which Node did. */
import * as Effect from "effect/Effect"
import { seedsTo, traceOf } from "./program.js"

const traces = await Effect.runPromise(Effect.forEach(seedsTo(50), traceOf))
process.stdout.write(traces.join("\n\n"))
process.stderr.write(process.version)
