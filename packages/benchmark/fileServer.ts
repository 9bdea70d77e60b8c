/** A server that keeps nothing: it counts what is posted, and sends as many zeros as it is asked for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

const piece = Buffer.alloc(256 * 1024)

const count = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0
  request.on("data", (chunk: Uint8Array) => {
    bytes += chunk.byteLength
  })
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ bytes }))
  })
}

const zeros = (size: number, response: ServerResponse): void => {
  let left = size
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size })
  const send = () => {
    while (left > 0) {
      const next = piece.subarray(0, Math.min(left, piece.byteLength))
      left -= next.byteLength
      if (!response.write(next)) return void response.once("drain", send)
    }
    response.end()
  }
  send()
}

const server = createServer((request, response) => {
  if (request.method === "POST") count(request, response)
  else zeros(Number(request.url?.slice(1)), response)
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") process.send?.({ port: address.port })
})
