/**
 * Addresses that move with loops by additions only. Accesses of one group move alike and share a pointer: what they differ in
 * is an offset that the load carries.
 */
import { element, mapEntry } from "@etude/core/Lookup"
import * as Build from "../code/Build.ts"
import type { Expression } from "../code/Code.ts"
import type { Access } from "../plan/Plan.ts"
import type { Context } from "./Form.ts"
import type { Location } from "./Level.ts"

export interface Group {
  /** In bytes, by dimension. */
  readonly strides: ReadonlyArray<number>
  readonly origin: Expression
  /** Counts from 0, not from an address: small enough to be compared with a bound. */
  readonly relative: boolean
}

/** The position of each group's pointer at a level. */
export type Cursor = ReadonlyMap<Group, Expression>

interface Member {
  readonly group: Group
  readonly offset: number
}

export interface Pointers {
  readonly groups: ReadonlyArray<Group>
  /** The pointers where all indices are 0. */
  readonly origin: Cursor
  /** The address of an access, with offsets in elements along some dimensions. */
  readonly locate: (cursor: Cursor, access: Access, moves: ReadonlyMap<number, number>) => Location
  readonly start: (buffer: number) => Location
}

const bytesOf = ({ buffers }: Context, buffer: number): number => (element(buffers, buffer).type === "u8" ? 1 : 4)

const start = ({ placements }: Context, buffer: number): Location => {
  const placement = element(placements, buffer)
  return placement._tag === "Fixed"
    ? { address: Build.index(0), offset: placement.address }
    : { address: Build.address(buffer), offset: 0 }
}

/** Finds or makes the group of each access. */
const grouping = (context: Context) => {
  const groups = new Map<string, Group>()
  const group = (key: string, strides: ReadonlyArray<number>, origin: Expression, relative: boolean): Group => {
    const full = `${key}:${strides.join()}`
    const made = groups.get(full) ?? { strides, origin, relative }
    groups.set(full, made)
    return made
  }
  const member = (access: Access): Member => {
    const bytes = bytesOf(context, access.buffer)
    const strides = access.strides.map((stride) => stride * bytes)
    const { address, offset } = start(context, access.buffer)
    const whole = offset + access.offset * bytes
    // A pointer that goes down must not fall below 0 before its offset is added.
    if (strides.some((stride) => stride < 0)) {
      const origin = Build.add(address, Build.index(whole))
      return { group: group(`down ${access.buffer} ${access.offset}`, strides, origin, false), offset: 0 }
    }
    if (address.op === "constant") return { group: group("fixed", strides, address, true), offset: whole }
    return { group: group(`bound ${access.buffer}`, strides, address, false), offset: whole }
  }
  return { groups, member }
}

export const make = (context: Context, accesses: ReadonlyArray<Access>): Pointers => {
  const { groups, member } = grouping(context)
  const members = new Map(accesses.map((access) => [access, member(access)]))
  const all = [...groups.values()]
  const locate = (cursor: Cursor, access: Access, moves: ReadonlyMap<number, number>): Location => {
    const { group, offset } = mapEntry(members, access)
    const moved = [...moves].reduce((sum, [dimension, by]) => sum + by * (group.strides[dimension] ?? 0), offset)
    return { address: mapEntry(cursor, group), offset: moved }
  }
  return {
    groups: all,
    origin: new Map(all.map((group) => [group, group.origin])),
    locate,
    start: (buffer) => start(context, buffer)
  }
}
