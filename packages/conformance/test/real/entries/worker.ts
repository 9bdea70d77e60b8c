/** For workers: each request runs the suite and is answered with its report. */
import * as CheapAi from "@effect-cheapai/core/CheapAi"
import { isRuntime, report } from "./report.js"

export default {
  fetch: async (request: Request): Promise<Response> => {
    const asked = new URL(request.url).searchParams
    const runtime = asked.get("runtime")
    if (!isRuntime(runtime)) return new Response("which runtime?", { status: 400 })
    return Response.json(await report(CheapAi.layerFetch, runtime, asked.get("simulator") ?? ""))
  }
}
