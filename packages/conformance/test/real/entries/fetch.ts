/** For runtimes with processes, over their `fetch`. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import { main } from "./program.js"

await main(CheapAi.layerFetch)
