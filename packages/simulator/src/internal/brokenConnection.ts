/** The causes that Node's clients report for a connection that broke, so that code which reads `code` sees real ones. */
export const cause = (end: "close" | "reset"): Error =>
  end === "reset"
    ? Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" })
    : Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" })
