import { describe, expect, it } from "@effect/vitest"
import * as Arena from "../../src/runtime/Arena.ts"
import { random } from "../support/DrawnCode.ts"

interface Held {
  readonly address: number
  readonly bytes: number
}

const apart = (held: ReadonlyArray<Held>): boolean =>
  held
    .toSorted((left, right) => left.address - right.address)
    .every(({ address }, at, all) => {
      const before = all[at - 1]
      return before === undefined || before.address + before.bytes <= address
    })

describe.each([false, true])("an arena (shared: %s)", (shared) => {
  it("gives aligned blocks that don't overlap, with 64 readable bytes behind", () => {
    const draw = random(3)
    const arena = Arena.make({ shared, maximum: 2 ** 26 })
    const held: Array<Held> = []
    for (let turn = 0; turn < 3000; turn++) {
      if (held.length > 40 || (held.length > 0 && draw() < 0.45)) {
        const [gone] = held.splice(Math.floor(draw() * held.length), 1)
        if (gone !== undefined) arena.free(gone.address)
      } else {
        const bytes = Math.floor(2 ** (draw() * 17)) - 1
        const address = arena.allocate(bytes)
        held.push({ address, bytes })
        expect(address % 64).toBe(0)
        expect(address).toBeGreaterThan(0)
        expect(arena.memory.buffer.byteLength).toBeGreaterThanOrEqual(address + bytes + 64)
      }
      if (turn % 100 === 0) expect(apart(held)).toBe(true)
    }
    for (const { address } of held) arena.free(address)
    expect(arena.inUse()).toBe(0)
  })

  it("needs no more memory after 100,000 steps than after the first", () => {
    const draw = random(5)
    const arena = Arena.make({ shared, maximum: 2 ** 26 })
    const sizes = Array.from({ length: 30 }, () => 1 + Math.floor(2 ** (draw() * 16)))
    let state = sizes.map(arena.allocate)
    const step = () => {
      const next = sizes.map(arena.allocate)
      state.forEach(arena.free)
      state = next
    }
    step()
    step()
    const after = arena.memory.buffer.byteLength
    for (let turn = 0; turn < 100_000; turn++) step()
    expect(arena.memory.buffer.byteLength).toBe(after)
  })

  it("joins freed neighbours, so that one large block can be made of many small ones", () => {
    const arena = Arena.make({ shared, maximum: 2 ** 20 })
    const small = Array.from({ length: 200 }, () => arena.allocate(4096))
    small.forEach(arena.free)
    expect(arena.allocate(200 * 4096)).toBe(Math.min(...small))
  })

  it("says what was wanted, what is in use and what to do when it is full, and goes on", () => {
    const arena = Arena.make({ shared, maximum: 2 ** 20 })
    const first = arena.allocate(600_000)
    expect(() => arena.allocate(600_000)).toThrow(
      "Compiled programs need 0.57 MiB more memory: 0.57 MiB are in use, and there can be no more than 1 MiB, or the system " +
        "gives no more. Use smaller batches (or microbatches), keep fewer states, or use the eager executor."
    )
    arena.free(first)
    expect(arena.allocate(600_000)).toBe(first)
  })

  it("refuses to free what isn't allocated", () => {
    const arena = Arena.make({ shared })
    const address = arena.allocate(1)
    arena.free(address)
    expect(() => arena.free(address)).toThrow(`Nothing is allocated at ${address}.`)
  })
})
