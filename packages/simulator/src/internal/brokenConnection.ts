/** The causes that Node's clients report for a connection that broke, so that code which reads `code` sees real ones. */
import type * as Wire from "../Wire.js"

const reset = (syscall: "read" | "write") =>
  Object.assign(new Error(`${syscall} ECONNRESET`), { code: "ECONNRESET", syscall })

/** A request that was not read broke off while it was written, so `syscall` tells it from one that was carried out. */
export const cause = ({
  end,
  isUnread = false,
  surplus
}: Pick<Wire.WireReply, "end" | "isUnread" | "surplus">): Error => {
  if (surplus !== undefined) return Object.assign(new Error("Expected HTTP/"), { code: "HPE_INVALID_CONSTANT" })
  return end === "reset"
    ? reset(isUnread ? "write" : "read")
    : Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" })
}
