/**
 * Files in memory that can fail at any operation and lose at a crash, in any combination, whatever was not made sure of by a
 * sync: the data of each file and each change of a folder on its own. Renaming is one change.
 */
import { element, mapEntry } from "@etude/core/Lookup"
import { StorageError, type StorageService } from "@etude/core/Storage"
import * as Effect from "effect/Effect"

export interface File {
  readonly kind: "file"
  content: Uint8Array
  synced: Uint8Array
}
/** Names that are set and names that are removed, all of them or none. */
type Change = ReadonlyArray<readonly [name: string, node: Node | undefined]>
export interface Folder {
  readonly kind: "folder"
  readonly entries: Map<string, Node>
  readonly synced: Map<string, Node>
  changes: Array<Change>
}
type Node = File | Folder

/** The contents of a disk, and the part that is only in the system's memory. */
export interface Disk extends Folder {}

export const emptyDisk = (): Disk => ({ kind: "folder", entries: new Map(), synced: new Map(), changes: [] })

/** An operation that changes something or makes sure of something. */
export interface Operation {
  /** Counts from 0 in each process. */
  readonly index: number
  readonly kind: "makeFolder" | "create" | "write" | "syncFile" | "syncFolder" | "rename" | "remove"
  readonly path: string
}

/**
 * The outcome of an operation: it succeeds; it claims success without effect (`dropped`, for syncs); it fails, a torn
 * write after half of its bytes; or the process ends before it or, `torn`, in the middle of it.
 */
export type Outcome =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Dropped" }
  | { readonly _tag: "Fails"; readonly reason: StorageError["reason"]; readonly torn: boolean }
  | { readonly _tag: "Ends"; readonly torn: boolean }

export const done: Outcome = { _tag: "Done" }

/** What every effect of a storage dies with after its process has ended. */
export class ProcessEnded extends Error {
  constructor() {
    super("the process has ended")
  }
}

const operationOf = { syncFile: "sync", syncFolder: "sync" } as const

export interface CrashStorageOptions {
  readonly disk: Disk
  /** Names the process; processes of other names have ended. */
  readonly process: string
  /** Everything is done, when absent. */
  readonly outcome?: (operation: Operation) => Outcome
}

/** A process's view of a disk. */
export const make = ({ disk, process, outcome = () => done }: CrashStorageOptions): StorageService => {
  let index = 0
  let ended = false
  const fail = (
    path: string,
    operation: StorageError["operation"],
    reason: StorageError["reason"],
    detail: string = reason
  ) => new StorageError({ path, operation, reason, detail })

  const parts = (path: string) => path.split("/").filter((part) => part !== "" && part !== ".")
  const find = (path: string): Node | undefined => {
    let node: Node | undefined = disk
    for (const part of parts(path)) node = node?.kind === "folder" ? node.entries.get(part) : undefined
    return node
  }
  const nameOf = (path: string): string => element(parts(path), -1)
  const parentOf = (path: string, operation: StorageError["operation"]): Folder => {
    const parent = find(parts(path).slice(0, -1).join("/"))
    if (parent?.kind !== "folder") throw fail(path, operation, "missing")
    return parent
  }
  const change = (folder: Folder, ...group: Change): void => {
    for (const [name, node] of group) node === undefined ? folder.entries.delete(name) : folder.entries.set(name, node)
    folder.changes.push(group)
  }

  /** Does something that throws a StorageError when it can't be done. */
  const attempt = <A>(run: () => A): Effect.Effect<A, StorageError> =>
    Effect.suspend(() => {
      if (ended) return Effect.die(new ProcessEnded())
      try {
        return Effect.succeed(run())
      } catch (error) {
        return error instanceof StorageError ? Effect.fail(error) : Effect.die(error)
      }
    })

  const act = <A>(kind: Operation["kind"], path: string, run: () => A, tear: () => void = () => {}) =>
    attempt(() => {
      const becomes = outcome({ index: index++, kind, path })
      if (becomes._tag === "Done") return run()
      // A dropped sync gives what a real one does: nothing.
      if (becomes._tag === "Dropped") return undefined as A
      if (becomes.torn) tear()
      if (becomes._tag === "Fails") {
        const operation = operationOf[kind as keyof typeof operationOf] ?? (kind as StorageError["operation"])
        throw fail(path, operation, becomes.reason, `injected (${becomes.reason})`)
      }
      ended = true
      throw new ProcessEnded()
    })

  const append = (file: File, bytes: Uint8Array): void => {
    const content = new Uint8Array(file.content.length + bytes.length)
    content.set(file.content)
    content.set(bytes, file.content.length)
    file.content = content
  }

  const remove = (path: string): Effect.Effect<void, StorageError> =>
    Effect.gen(function* () {
      const node = yield* attempt(() => find(path))
      if (node === undefined) return
      if (node.kind === "folder") {
        for (const name of [...node.entries.keys()].sort()) yield* remove(`${path}/${name}`)
      }
      yield* act("remove", path, () => change(parentOf(path, "remove"), [nameOf(path), undefined]))
    })

  return {
    makeFolder: (path) =>
      act("makeFolder", path, () => {
        if (find(path) !== undefined) return false
        change(parentOf(path, "makeFolder"), [nameOf(path), emptyDisk()])
        return true
      }),
    create: (path) =>
      act("create", path, () => {
        const node = find(path)
        if (node?.kind === "folder") throw fail(path, "create", "other", "is a folder")
        const file: File = node ?? { kind: "file", content: new Uint8Array(0), synced: new Uint8Array(0) }
        if (node === undefined) change(parentOf(path, "create"), [nameOf(path), file])
        file.content = new Uint8Array(0)
        return {
          write: (bytes) =>
            act(
              "write",
              path,
              () => append(file, bytes),
              () => append(file, bytes.subarray(0, bytes.length >> 1))
            ),
          sync: act("syncFile", path, () => {
            file.synced = file.content
          })
        }
      }),
    syncFolder: (path) =>
      act("syncFolder", path, () => {
        const folder = find(path)
        if (folder?.kind !== "folder") throw fail(path, "sync", "missing")
        folder.changes = []
        folder.synced.clear()
        for (const [name, node] of folder.entries) folder.synced.set(name, node)
      }),
    rename: (from, to) =>
      act("rename", from, () => {
        const [folder, target] = [parentOf(from, "rename"), parentOf(to, "rename")]
        const node = folder.entries.get(nameOf(from))
        if (node === undefined) throw fail(from, "rename", "missing")
        if (target !== folder) throw fail(from, "rename", "other", "only within one folder")
        if (folder.entries.get(nameOf(to))?.kind === "folder") throw fail(to, "rename", "exists")
        change(folder, [nameOf(from), undefined], [nameOf(to), node])
      }),
    read: (path) =>
      attempt(() => {
        const file = find(path)
        if (file === undefined) throw fail(path, "read", "missing")
        if (file.kind === "folder") throw fail(path, "read", "other", "is a folder")
        return new Uint8Array(file.content)
      }),
    list: (path) =>
      attempt(() => {
        const folder = find(path)
        if (folder?.kind !== "folder") throw fail(path, "list", "missing")
        return [...folder.entries.keys()]
      }),
    remove,
    process,
    isWriting: (other) => Effect.succeed(other === process)
  }
}

/** A thing that a crash may keep or lose, and in how many ways. */
interface Unsure {
  readonly ways: number
  readonly of: File | Change
}

const differs = ({ content, synced }: File): boolean => content !== synced

/** Everything on a disk that no sync has made sure of. */
const unsure = (disk: Disk): ReadonlyArray<Unsure> => {
  const unsynced: Array<Unsure> = []
  const visited = new Set<Node>()
  const visit = (node: Node): void => {
    if (visited.has(node)) return
    visited.add(node)
    if (node.kind === "file") {
      if (differs(node)) unsynced.push({ ways: 4, of: node })
      return
    }
    for (const change of node.changes) unsynced.push({ ways: 2, of: change })
    for (const child of node.synced.values()) visit(child)
    for (const change of node.changes) for (const [, child] of change) if (child !== undefined) visit(child)
  }
  visit(disk)
  return unsynced
}

/** What may be left of a file's data: what was synced; the first half of the rest; its length without its data; all. */
const dataAfter = ({ content, synced }: File, way: number): Uint8Array => {
  if (way === 3) return content
  if (way === 0) return synced
  if (way === 1) return content.slice(0, content.length >> 1)
  const zeros = new Uint8Array(content.length)
  if (content.length >= synced.length) zeros.set(synced)
  return zeros
}

const crashed = (disk: Disk, ways: ReadonlyMap<File | Change, number>): Disk => {
  const copies = new Map<Node, Node>()
  const copy = (node: Node): Node => {
    const known = copies.get(node)
    if (known !== undefined) return known
    if (node.kind === "file") {
      const content = differs(node) ? dataAfter(node, mapEntry(ways, node)) : node.content
      const file: File = { kind: "file", content, synced: content }
      copies.set(node, file)
      return file
    }
    const names = new Map(node.synced)
    for (const change of node.changes) {
      if (ways.get(change) === 0) continue
      for (const [name, child] of change) child === undefined ? names.delete(name) : names.set(name, child)
    }
    const entries = new Map([...names].map(([name, child]) => [name, copy(child)]))
    const folder: Folder = { kind: "folder", entries, synced: new Map(entries), changes: [] }
    copies.set(node, folder)
    return folder
  }
  return copy(disk) as Disk
}

/** The disk as a crash may leave it, with what the crash did. */
export interface Crashed {
  readonly disk: Disk
  readonly lost: number
  readonly of: number
}

/**
 * The disks that a crash may leave: all of them if there are at most `limit`, else one that lost everything, one that lost
 * nothing, and others by `draw`, which gives numbers in [0, 1).
 */
export const crashes = function* (disk: Disk, limit: number, draw: () => number): Generator<Crashed> {
  const items = unsure(disk)
  const total = items.reduce((product, { ways }) => product * ways, 1)
  const after = (wayOf: (ways: number, index: number) => number): Crashed => {
    const chosen = new Map(items.map(({ ways, of }, index) => [of, wayOf(ways, index)]))
    const lost = items.filter(({ ways, of }) => chosen.get(of) !== ways - 1).length
    return { disk: crashed(disk, chosen), lost, of: items.length }
  }
  if (total > limit) {
    yield after(() => 0)
    yield after((ways) => ways - 1)
    for (let count = 2; count < limit; count++) yield after((ways) => Math.floor(draw() * ways))
    return
  }
  for (let number = 0; number < total; number++) {
    let rest = number
    yield after((ways) => {
      const way = rest % ways
      rest = (rest - way) / ways
      return way
    })
  }
}

/** The disk of a process that has ended while the machine runs on: nothing is lost, and nothing more is synced. */
export const copyOf = (disk: Disk): Disk => {
  const copies = new Map<Node, Node>()
  const copy = (node: Node): Node => {
    const known = copies.get(node)
    if (known !== undefined) return known
    if (node.kind === "file") {
      const file = { ...node }
      copies.set(node, file)
      return file
    }
    const folder: Folder = { kind: "folder", entries: new Map(), synced: new Map(), changes: [] }
    copies.set(node, folder)
    for (const [name, child] of node.entries) folder.entries.set(name, copy(child))
    for (const [name, child] of node.synced) folder.synced.set(name, copy(child))
    folder.changes = node.changes.map((change) =>
      change.map(([name, child]) => [name, child === undefined ? undefined : copy(child)] as const)
    )
    return folder
  }
  return copy(disk) as Disk
}

/** FNV-1a of a file's data, once for each. */
const hashes = new WeakMap<Uint8Array, number>()
const hashOf = (content: Uint8Array): number => {
  let hash = hashes.get(content)
  if (hash === undefined) {
    hash = 0x811c9dc5
    for (const byte of content) hash = Math.imul(hash ^ byte, 0x01000193)
    hashes.set(content, hash)
  }
  return hash
}

/** A text that is equal for disks after a crash that hold the same; `nameOf` may take out of names what doesn't matter. */
export const fingerprint = (disk: Disk, nameOf: (name: string) => string): string => {
  const text = (node: Node): string =>
    node.kind === "file"
      ? `${node.content.length}:${hashOf(node.content)}`
      : `{${[...node.entries]
          .map(([name, child]) => `${nameOf(name)}=${text(child)}`)
          .sort()
          .join(";")}}`
  return text(disk)
}
