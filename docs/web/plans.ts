/** What can go wrong: named plans for the simulator. */
import * as Faults from "@effect-cheapai/simulator/Faults"

export interface Plan {
  readonly id: string
  readonly label: string
  readonly note: string
  readonly faults: Faults.Plan
}

export const plans: ReadonlyArray<Plan> = [
  {
    id: "none",
    label: "Nothing goes wrong",
    note: "Every request is answered as it should be.",
    faults: Faults.script()
  },
  {
    id: "busy",
    label: "Busy: 429 with Retry-After",
    note: "The first submit is refused and asks for 2 seconds. The client waits that long, then sends it again.",
    faults: Faults.script(Faults.strike("submit", 1, "retry-after-seconds"))
  },
  {
    id: "unavailable",
    label: "Unavailable: 503, twice",
    note: "Two submits are turned away before anything is done, so the third try can't pay twice.",
    faults: Faults.script(
      Faults.strike("submit", 1, "status-503-error"),
      Faults.strike("submit", 2, "status-503-error")
    )
  },
  {
    id: "charged-reset",
    label: "Charged, then reset",
    note: "The submit is carried out and paid for, then its connection is reset. It must not be sent again.",
    faults: Faults.script(Faults.strike("submit", 1, "charged-reset"))
  },
  {
    id: "gateway",
    label: "A gateway's 502 page",
    note: "A page of HTML in place of the service's JSON. Nobody can say whether the submit got through.",
    faults: Faults.script(Faults.strike("submit", 1, "page-nginx-502"))
  },
  {
    id: "task-fails",
    label: "The task fails",
    note: "The submit is taken on; the work fails later, and the service gives the credits back.",
    faults: Faults.script(Faults.strike("submit", 1, "task-fails"))
  }
]
