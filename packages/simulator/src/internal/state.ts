/** What the simulated service remembers, as a value: a request that is not to be booked keeps the value from before. */
import * as Chunk from "effect/Chunk"
import * as HashMap from "effect/HashMap"
import type * as Ledger from "../Ledger.js"

export interface File {
  readonly name: string
  readonly contentType: string
  readonly bytes: () => Uint8Array
}

export interface Task {
  readonly id: string
  readonly type: string
  readonly createdAt: number
  readonly endsAt: number
  readonly credits: number
  readonly failure: string | undefined
  readonly metadata: unknown
  readonly files: ReadonlyArray<File>
}

export interface State {
  readonly balance: number
  readonly entries: Chunk.Chunk<Ledger.Entry>
  readonly tasks: HashMap.HashMap<string, Task>
  readonly files: HashMap.HashMap<string, { readonly from: number; readonly file: File }>
  readonly refundsDue: ReadonlyArray<Ledger.Entry>
}

export const make = (balance: number): State => ({
  balance,
  entries: Chunk.empty(),
  tasks: HashMap.empty(),
  files: HashMap.empty(),
  refundsDue: []
})

const effectOn: Record<Ledger.Entry["kind"], -1 | 0 | 1> = { charge: -1, refund: 1, refusal: 0 }

export const book = (state: State, entry: Ledger.Entry): State => ({
  ...state,
  balance: state.balance + effectOn[entry.kind] * entry.credits,
  entries: Chunk.append(state.entries, entry)
})

/** Books the refunds of tasks that have failed by now, each at the time its task failed. */
export const settle = (state: State, now: number): State => {
  const due = state.refundsDue.filter((entry) => entry.at <= now)
  if (due.length === 0) return state
  const refundsDue = state.refundsDue.filter((entry) => entry.at > now)
  return due.sort((a, b) => a.at - b.at).reduce(book, { ...state, refundsDue })
}

/** Charges for a task and remembers it, with its files and, if it is to fail, its refund. */
export const addTask = (state: State, route: string, task: Task): State => {
  const line = { route, taskId: task.id, credits: task.credits }
  const charged = book(state, { ...line, at: task.createdAt, kind: "charge" })
  const files = task.failure === undefined ? task.files : []
  return {
    ...charged,
    tasks: HashMap.set(charged.tasks, task.id, task),
    files: files.reduce((all, file) => HashMap.set(all, file.name, { from: task.endsAt, file }), charged.files),
    refundsDue:
      task.failure === undefined
        ? charged.refundsDue
        : [...charged.refundsDue, { ...line, at: task.endsAt, kind: "refund" }]
  }
}

export const nextTaskId = (state: State): string => `task_${String(HashMap.size(state.tasks) + 1).padStart(6, "0")}`
