/** For Bun and Deno: serves the proxy, and prints the port. */
import { handlerOf } from "./proxy.js"

type Handler = (request: Request) => Promise<Response>

declare const Bun: { readonly serve: (options: object) => { readonly port: number } } | undefined
declare const Deno: { readonly serve: (options: object, handler: Handler) => unknown }

const [simulator = "", told = ""] = process.argv.slice(2)
const handler = handlerOf({ simulator, told })
const where = { hostname: "127.0.0.1", port: 0 }
const print = ({ port }: { readonly port: number }) => console.log(port)

if (typeof Bun === "undefined") Deno.serve({ ...where, onListen: print }, handler)
else print(Bun.serve({ ...where, fetch: handler }))
