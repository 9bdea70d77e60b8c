/** What the simulated service remembers, as a value: a request that is not to be booked keeps the value from before. */
import * as Chunk from "effect/Chunk"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type * as Ledger from "../Ledger.js"
import * as Agenda from "./agenda.js"
import type * as Catalogue from "./catalogue.js"

export interface File {
  readonly name: string
  readonly contentType: string
  readonly bytes: () => Uint8Array
}

export interface Result {
  readonly files: ReadonlyArray<File>
  /** What a finished task shows besides the fields that every task has, given the URLs of its files. */
  readonly fields: (urlOf: (name: string) => string) => Readonly<Record<string, unknown>>
}

export interface Task extends Result {
  readonly id: string
  readonly type: string
  readonly createdAt: number
  readonly endsAt: number
  readonly credits: number
  readonly failure: string | undefined
}

export interface Voice {
  readonly id: number
  readonly name: string
  readonly tags: ReadonlyArray<string>
  readonly sample: File
}

/** A task whose end is to be told to a URL; a forged one tells of an end that is not the task's. */
export interface Notice {
  readonly url: string
  readonly task: Task
  readonly isForged: boolean
}

/** What faults have decided about the task that a call may make. */
export interface Fate {
  /** The message with which it is to end in `error`. */
  readonly taskFailure: string | undefined
  readonly taskNeverEnds: boolean
  readonly webhook: Catalogue.WebhookFate | undefined
}

export interface State {
  readonly balance: number
  readonly entries: Chunk.Chunk<Ledger.Entry>
  readonly tasks: HashMap.HashMap<string, Task>
  readonly files: HashMap.HashMap<string, { readonly from: number; readonly file: File }>
  readonly refunds: Agenda.Agenda<Ledger.Entry>
  readonly notices: Agenda.Agenda<Notice>
  /** How many submits have asked for a webhook. */
  readonly webhooks: number
  readonly voices: HashMap.HashMap<string, Voice>
  readonly nextVoiceId: number
  /** When the polls of the last second were answered. */
  readonly polls: ReadonlyArray<number>
}

export const make = (balance: number): State => ({
  balance,
  entries: Chunk.empty(),
  tasks: HashMap.empty(),
  files: HashMap.empty(),
  refunds: Agenda.empty(),
  notices: Agenda.empty(),
  webhooks: 0,
  voices: HashMap.empty(),
  nextVoiceId: 10_001,
  polls: []
})

const effectOn: Record<Ledger.Entry["kind"], -1 | 0 | 1> = { charge: -1, refund: 1, refusal: 0 }

export const book = (state: State, entry: Ledger.Entry): State => ({
  ...state,
  balance: state.balance + effectOn[entry.kind] * entry.credits,
  entries: Chunk.append(state.entries, entry)
})

/** Books the refunds of tasks that have failed by now, each at the time its task failed. */
export const settle = (state: State, now: number): State => {
  let settled = state
  for (;;) {
    const due = Option.getOrUndefined(Agenda.first(settled.refunds))
    if (due === undefined || due.at > now) return settled
    settled = book({ ...settled, refunds: due.rest }, due.item)
  }
}

const addFile = (state: State, from: number, file: File): State => ({
  ...state,
  files: HashMap.set(state.files, file.name, { from, file })
})

/** Charges for a task and remembers it, with its files or, if it is to fail, its refund. */
export const addTask = (state: State, cause: Pick<Ledger.Entry, "request" | "route">, task: Task): State => {
  const line = { ...cause, taskId: task.id, credits: task.credits }
  const charged = book(state, { ...line, at: task.createdAt, kind: "charge" })
  const added = { ...charged, tasks: HashMap.set(charged.tasks, task.id, task) }
  if (task.failure === undefined) return task.files.reduce((all, file) => addFile(all, task.endsAt, file), added)
  return { ...added, refunds: Agenda.add(added.refunds, task.endsAt, { ...line, at: task.endsAt, kind: "refund" }) }
}

const lateMillis = 30_000

const noticesOf = (task: Task, fate: Catalogue.WebhookFate | undefined) => {
  const real = { at: task.endsAt, isForged: false }
  switch (fate) {
    case undefined:
      return [real]
    case "lost":
      return []
    case "late":
      return [{ ...real, at: task.endsAt + lateMillis }]
    case "doubled":
      return [real, real]
    case "forged":
      return [{ at: task.createdAt, isForged: true }, real]
  }
}

/** Remembers to tell a URL of a task's end, as often and as late as its fate has it. */
export const addNotices = (state: State, url: string, task: Task, fate: Fate): State => ({
  ...state,
  webhooks: state.webhooks + 1,
  notices: noticesOf(task, fate.webhook).reduce(
    (notices, { at, isForged }) => Agenda.add(notices, at, { url, task, isForged }),
    state.notices
  )
})

export const addVoice = (state: State, now: number, voice: Voice): State =>
  addFile(
    { ...state, voices: HashMap.set(state.voices, String(voice.id), voice), nextVoiceId: voice.id + 1 },
    now,
    voice.sample
  )

export const removeVoice = (state: State, voice: Voice): State => ({
  ...state,
  voices: HashMap.remove(state.voices, String(voice.id)),
  files: HashMap.remove(state.files, voice.sample.name)
})

export const nextTaskId = (state: State): string => `task_${String(HashMap.size(state.tasks) + 1).padStart(6, "0")}`
