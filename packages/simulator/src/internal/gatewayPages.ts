/** Short pages in the form in which gateways write them when the service behind them gives no usable answer. */
import * as Wire from "../Wire.js"

const reasons = {
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out"
} as const

type Status = keyof typeof reasons

/** Lines end with CRLF, and the page names its maker at the foot. */
export const nginx = (status: Status): Wire.WireReply => {
  const title = `${status} ${reasons[status]}`
  const body = ["<body>", `<center><h1>${title}</h1></center>`, "<hr><center>nginx</center>", "</body>"]
  const page = ["<html>", `<head><title>${title}</title></head>`, ...body, "</html>", ""]
  return Wire.html(status, page.join("\r\n"), { server: "nginx" })
}

const haproxySays = {
  502: "The server returned an invalid or incomplete response.",
  503: "No server is available to handle this request.",
  504: "The server didn't respond in time."
} as const

/** No doctype, no head; it may not be cached. */
const haproxy = (status: keyof typeof haproxySays): Wire.WireReply => {
  const title = status === 503 ? "503 Service Unavailable" : `${status} ${reasons[status]}`
  const page = `<html><body><h1>${title}</h1>\n${haproxySays[status]}\n</body></html>\n`
  return Wire.html(status, page, { "cache-control": "no-cache" })
}

const cloudflareSays = {
  502: "Bad gateway",
  520: "Web server is returning an unknown error",
  521: "Web server is down",
  522: "Connection timed out",
  523: "Origin is unreachable",
  524: "A timeout occurred"
} as const

const ray = "8a1b2c3d4e5f6a7b"

const cloudflare = (status: keyof typeof cloudflareSays): Wire.WireReply => {
  const what = cloudflareSays[status]
  const page = [
    "<!DOCTYPE html>",
    `<html lang="en-US"><head><title>api.cheapaiapi.com | ${status}: ${what}</title></head>`,
    `<body><div id="cf-error-details"><h1>${what} <span>Error code ${status}</span></h1>`,
    `<p>Cloudflare Ray ID: <strong>${ray}</strong></p></div></body></html>`
  ]
  return Wire.html(status, page.join("\n"), { server: "cloudflare", "cf-ray": `${ray}-FRA` })
}

const envoy = (status: number, text: string): Wire.WireReply => Wire.text(status, text, { server: "envoy" })

const varnish: Wire.WireReply = Wire.html(
  503,
  [
    "<!DOCTYPE html>",
    "<html><head><title>503 Backend fetch failed</title></head>",
    "<body><h1>Error 503 Backend fetch failed</h1><p>Backend fetch failed</p>",
    "<h3>Guru Meditation:</h3><p>XID: 32770</p><hr><p>Varnish cache server</p></body></html>",
    ""
  ].join("\n"),
  { server: "Varnish", "x-varnish": "32770", "retry-after": "5" }
)

const herokuSays = {
  H12: "Request timeout",
  H13: "Connection closed without response",
  H18: "Server Request Interrupted"
} as const

/** The code of the router stands on a page of the account's own. */
const heroku = (code: keyof typeof herokuSays): Wire.WireReply =>
  Wire.html(
    503,
    `<!DOCTYPE html>\n<html><head><title>Application error</title></head><body><p>${code}: ${herokuSays[code]}</p></body></html>\n`,
    { server: "Heroku" }
  )

/** By name. `page-envoy-reset`, `page-varnish-503` and `page-heroku-…` say that the request had been passed on. */
export const all = {
  "page-nginx-500": nginx(500),
  "page-nginx-502": nginx(502),
  "page-nginx-503": nginx(503),
  "page-nginx-504": nginx(504),
  "page-haproxy-502": haproxy(502),
  "page-haproxy-503": haproxy(503),
  "page-haproxy-504": haproxy(504),
  "page-cloudflare-502": cloudflare(502),
  "page-cloudflare-520": cloudflare(520),
  "page-cloudflare-521": cloudflare(521),
  "page-cloudflare-522": cloudflare(522),
  "page-cloudflare-523": cloudflare(523),
  "page-cloudflare-524": cloudflare(524),
  "page-envoy-reset": envoy(
    503,
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
  ),
  "page-envoy-no-upstream": envoy(503, "no healthy upstream"),
  "page-envoy-timeout": envoy(504, "upstream request timeout"),
  "page-varnish-503": varnish,
  "page-heroku-h12": heroku("H12"),
  "page-heroku-h13": heroku("H13"),
  "page-heroku-h18": heroku("H18")
} as const

/** Whether a 503 reports a service lost after the request was passed on to it; then it may have been carried out. */
export const saysUpstreamLost = (text: string): boolean =>
  /disconnect\/reset before headers|backend fetch failed|\bH1[238]\b/i.test(text)
