/** Who sleeps until when: a binary heap, the earliest first, and of those at one moment the one that came first. */

export interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
  /** Where it stands in the heap; -1 once it is out. */
  index: number
}

const isBefore = (left: Sleeper, right: Sleeper): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order)

export class Sleepers {
  private readonly heap: Array<Sleeper> = []
  private added = 0

  get size(): number {
    return this.heap.length
  }

  add(at: number, wake: () => void): Sleeper {
    const sleeper: Sleeper = { at, order: this.added++, wake, index: -1 }
    this.rise(this.heap.length, sleeper)
    return sleeper
  }

  remove(sleeper: Sleeper): void {
    const { index } = sleeper
    if (index < 0) return
    sleeper.index = -1
    const last = this.heap.pop()
    if (last === undefined || last === sleeper) return
    this.rise(index, last)
    this.sink(last)
  }

  /** The earliest, taken out. */
  take(): Sleeper | undefined {
    const first = this.heap[0]
    if (first !== undefined) this.remove(first)
    return first
  }

  clear(): void {
    this.heap.length = 0
  }

  private put(index: number, sleeper: Sleeper): void {
    this.heap[index] = sleeper
    sleeper.index = index
  }

  private rise(from: number, sleeper: Sleeper): void {
    let index = from
    while (index > 0) {
      const parent = this.heap[(index - 1) >> 1]
      if (parent === undefined || isBefore(parent, sleeper)) break
      this.put(index, parent)
      index = (index - 1) >> 1
    }
    this.put(index, sleeper)
  }

  private sink(sleeper: Sleeper): void {
    let index = sleeper.index
    for (;;) {
      const left = this.heap[2 * index + 1]
      const right = this.heap[2 * index + 2]
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || isBefore(sleeper, child)) break
      const next = child.index
      this.put(index, child)
      index = next
    }
    this.put(index, sleeper)
  }
}
