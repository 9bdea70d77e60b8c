/** As much of a page's XMLHttpRequest as the adapter uses, over `node:http`; redirects are followed, as a page does. */
import { type ClientRequest, type IncomingMessage, request } from "node:http"
import * as Effect from "effect/Effect"
import { vi } from "vitest"

const forbidden = ["content-length", "host", "connection"]

type Listener = ((event: { readonly loaded: number }) => void) | null

class XmlHttpRequest extends EventTarget {
  readonly HEADERS_RECEIVED = 2
  readonly LOADING = 3
  readonly DONE = 4
  readonly upload: { onprogress: Listener; onload: Listener } = { onprogress: null, onload: null }
  onreadystatechange: (() => void) | null = null
  onloadend: (() => void) | null = null
  readyState = 0
  status = 0
  responseURL = ""
  responseText = ""
  private method = ""
  private url = ""
  private readonly headers: Record<string, string> = {}
  private body: Blob | undefined
  private isUploaded = false
  private arrived = ""
  private response: IncomingMessage | undefined
  private running: ClientRequest | undefined

  open(method: string, url: string): void {
    Object.assign(this, { method, url })
    this.turn(1)
  }

  setRequestHeader(name: string, value: string): void {
    if (forbidden.includes(name)) throw new Error(`Refused to set unsafe header "${name}"`)
    this.headers[name] = value
  }

  overrideMimeType(): void {}

  getAllResponseHeaders(): string {
    const lines = Object.entries(this.response?.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
    return lines.join("")
  }

  send(body: Blob): void {
    this.body = body
    this.start(this.method, this.url, body)
  }

  abort(): void {
    if (this.readyState !== this.DONE) this.fail()
    this.readyState = 0
  }

  private start(method: string, url: string, body: Blob | undefined): void {
    const headers = body === undefined ? {} : { ...this.headers, "content-length": body.size }
    this.running = request(url, { method, headers, agent: false })
      .on("response", (response) => this.receive(url, response))
      .on("error", () => this.fail())
    if (body === undefined) this.running.end()
    else this.write(this.running, body).catch(() => this.fail())
  }

  private async write(running: ClientRequest, body: Blob): Promise<void> {
    let loaded = 0
    while (loaded < body.size) {
      const piece = body.slice(loaded, loaded + 65_536)
      const bytes = new Uint8Array(await piece.arrayBuffer())
      await new Promise((resolve) => running.write(bytes, resolve))
      loaded += bytes.byteLength
      this.upload.onprogress?.({ loaded })
    }
    running.end()
    if (!this.isUploaded) this.upload.onload?.({ loaded })
    this.isUploaded = true
  }

  /** Once it is all sent, 307 and 308 send it again; the others turn it into a GET. */
  private follow(url: string, status: number | undefined): void {
    if (status === 307 || status === 308) this.start(this.method, url, this.body)
    else this.start("GET", url, undefined)
  }

  private receive(url: string, response: IncomingMessage): void {
    const { location } = response.headers
    if (location !== undefined) {
      response.resume()
      this.follow(new URL(location, url).href, response.statusCode)
      return
    }
    Object.assign(this, { response, status: response.statusCode, responseURL: url })
    setTimeout(() => this.deliver(), 20)
    response.setEncoding("utf8").on("data", (text: string) => {
      this.arrived += text
      setTimeout(() => this.deliver(), 20)
    })
    response.on("end", () => this.end()).on("error", () => this.break())
  }

  /** As a busy page hears of it: head, body and end in one go. */
  private deliver(): void {
    if (this.status === 0 || this.readyState === 0) return
    if (this.readyState < this.HEADERS_RECEIVED) this.turn(this.HEADERS_RECEIVED)
    if (this.arrived === "") return
    this.responseText += this.arrived
    this.arrived = ""
    this.turn(this.LOADING)
  }

  private break(): void {
    this.deliver()
    this.fail()
  }

  private turn(readyState: number): void {
    this.readyState = readyState
    this.onreadystatechange?.()
    this.dispatchEvent(new Event("readystatechange"))
  }

  private end(): void {
    this.deliver()
    this.finish()
  }

  private fail(): void {
    this.running?.destroy()
    Object.assign(this, { status: 0, responseText: "", responseURL: "" })
    this.finish()
  }

  private finish(): void {
    if (this.readyState === this.DONE || this.readyState === 0) return
    this.turn(this.DONE)
    this.onloadend?.()
  }
}

/** The runtime has an XMLHttpRequest until the scope closes. */
export const installed = Effect.acquireRelease(
  Effect.sync(() => vi.stubGlobal("XMLHttpRequest", XmlHttpRequest)),
  () => Effect.sync(() => vi.unstubAllGlobals())
)
