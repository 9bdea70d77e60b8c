/** What went wrong before a tunnel was there. Its own code would be taken for the service's, by undici too. */
export class ProxyError extends Error {
  override readonly name = "ProxyError"
}

/** "The connection was refused" would send people to the service. */
export const sentenceOf = (cause: unknown): string | undefined =>
  cause instanceof ProxyError ? cause.message : undefined
