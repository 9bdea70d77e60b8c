/** For workers: serves the proxy. */
import { type Addresses, handlerOf } from "./proxy.js"

let handler: ReturnType<typeof handlerOf> | undefined

export default {
  fetch: (request: Request, addresses: Addresses): Promise<Response> => {
    handler ??= handlerOf(addresses)
    return handler(request)
  }
}
