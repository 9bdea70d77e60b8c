/** For Node, over its adapter. */
import * as NodeCheapAi from "@effect-cheapai/node/NodeCheapAi"
import { main } from "./program.js"

await main(NodeCheapAi.layer)
