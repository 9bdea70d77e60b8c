/** Listens, prints its port, and then accepts nothing: once its queue is full, connections to it wait. */
import { writeSync } from "node:fs"
import { createServer } from "node:net"

const server = createServer()
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  const address = server.address()
  writeSync(1, `${typeof address === "object" ? address?.port : ""}\n`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
