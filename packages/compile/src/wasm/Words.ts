/** The control words of the threads, as JavaScript sees them. */
import type { Arena } from "../runtime/Executable.ts"
import { control, controlSize } from "./Control.ts"

type Word = keyof typeof control

export class Words {
  readonly #words: Int32Array
  readonly #at: number

  constructor(arena: Arena, at: number) {
    this.#words = new Int32Array(arena.memory.buffer)
    this.#at = at
    for (let offset = 0; offset < controlSize; offset += 4) this.#words[(at + offset) >>> 2] = 0
  }

  #index(word: Word): number {
    return (this.#at + control[word]) >>> 2
  }

  get(word: Word): number {
    return Atomics.load(this.#words, this.#index(word))
  }

  set(word: Word, value: number): void {
    Atomics.store(this.#words, this.#index(word), value)
  }

  add(word: Word, value: number): void {
    Atomics.add(this.#words, this.#index(word), value)
  }

  sleep(word: Word, value: number, milliseconds: number): void {
    Atomics.wait(this.#words, this.#index(word), value, milliseconds)
  }

  wake(word: Word): void {
    Atomics.notify(this.#words, this.#index(word))
  }

  /** Why a worker failed, if one has written it. */
  reason(): string | undefined {
    const start = this.#at + control.reason + 4
    const bytes = new Uint8Array(this.#words.buffer, start, this.get("reason"))
    return bytes.length === 0 ? undefined : String.fromCharCode(...bytes)
  }

  /** Makes all threads leave, wherever they wait. */
  dismiss(): void {
    this.set("stop", 1)
    this.add("start", 1)
    this.wake("start")
    this.wake("generation")
  }
}
