/** Checks a plan: accesses beyond a buffer, types that disagree, reads of elements that were never written. */
import { touched } from "./fuse/Regions.ts"
import { writesOf } from "./Nodes.ts"
import type { Access, Buffer, Node, Plan, Scalar, Write } from "./Plan.ts"
import { everyOf } from "./Rewrite.ts"
import { reach, type Shape, sizeOf } from "./Shapes.ts"

/** Adds a problem to the list. */
type Note = (problem: string) => void

const checkAccess = (buffers: ReadonlyArray<Buffer>, access: Access, shape: Shape, note: Note): void => {
  const buffer = buffers[access.buffer]
  const [lowest, highest] = reach(access, shape) ?? [0, -1]
  if (buffer === undefined) note(`there is no buffer ${access.buffer}`)
  else if (access.strides.length !== shape.length) {
    note(`${access.strides.length} strides for an iteration over [${shape}]`)
  } else if (lowest < 0 || highest >= buffer.size) {
    note(`elements ${lowest} to ${highest} of buffer ${buffer.id}, which has ${buffer.size}`)
  }
}

const checkScalars = (buffers: ReadonlyArray<Buffer>, roots: ReadonlyArray<Scalar>, shape: Shape, note: Note): void => {
  for (const scalar of everyOf(roots)) {
    if (scalar.op === "read" || scalar.op === "gather") {
      const buffer = buffers[scalar.op === "read" ? scalar.access.buffer : scalar.buffer]
      const held = buffer?.type === "u8" ? "i32" : buffer?.type
      if (scalar.type !== held) note(`a ${scalar.op} of ${scalar.type} from a buffer of ${buffer?.type}`)
    }
    if (scalar.op === "read") checkAccess(buffers, scalar.access, shape, note)
    if (scalar.op === "index" && scalar.dimension >= shape.length) {
      note(`index ${scalar.dimension} of an iteration over [${shape}]`)
    }
  }
}

const checkWrites = (buffers: ReadonlyArray<Buffer>, writes: ReadonlyArray<Write>, shape: Shape, note: Note): void => {
  for (const { access } of writes) checkAccess(buffers, access, shape, note)
  const values = writes.map(({ value }) => value)
  checkScalars(buffers, values, shape, note)
  for (const { access, value } of writes) {
    const buffer = buffers[access.buffer]
    if (buffer?.type !== value.type) note(`${value.type} is written to a buffer of ${buffer?.type}`)
  }
}

const checkNode = (buffers: ReadonlyArray<Buffer>, node: Node, note: Note): void => {
  switch (node._tag) {
    case "Map":
      checkWrites(buffers, node.writes, node.shape, note)
      break
    case "Reduce":
      checkScalars(buffers, [node.value], [...node.shape, ...node.over], note)
      checkWrites(buffers, node.writes, node.shape, note)
      break
    case "Contract": {
      const { batch, rows, columns, inner } = node
      checkAccess(buffers, node.left, [...batch, ...rows, ...inner], note)
      checkAccess(buffers, node.right, [...batch, ...inner, ...columns], note)
      checkWrites(buffers, node.writes, [...batch, ...rows, ...columns], note)
      break
    }
    case "Scatter":
      checkScalars(buffers, [node.index], node.shape, note)
      checkScalars(buffers, [node.value], node.shape, note)
      break
    case "Scan":
      checkAccess(buffers, node.write, [...node.shape, node.length], note)
      checkScalars(buffers, [node.value], [...node.shape, node.length], note)
      break
    case "Loop":
      for (const one of node.body) checkNode(buffers, one, note)
      break
    case "Foreign":
  }
}

/** The problems, one line each; none for a sound plan. */
export const problems = ({ buffers, nodes, inputs, outputs }: Plan): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const [at, { id }] of buffers.entries()) if (id !== at) found.push(`buffer ${at} says that it is ${id}`)
  const filled = new Set(
    buffers.filter(({ place }) => place._tag === "Input" || place._tag === "Constant").map(({ id }) => id)
  )
  for (const [at, node] of nodes.entries()) {
    const note: Note = (problem) => found.push(`node ${at} (${node._tag}): ${problem}`)
    checkNode(buffers, node, note)
    for (const one of node._tag === "Loop" ? node.body : [node]) {
      for (const { buffer } of touched(one).reads) {
        if (!filled.has(buffer)) note(`reads buffer ${buffer} before it is written`)
      }
      for (const buffer of writesOf(one)) {
        const place = buffers[buffer]?.place._tag
        if (place === "Input" || place === "Constant") note(`writes buffer ${buffer}, an ${place}`)
        filled.add(buffer)
      }
    }
  }
  for (const { buffer, shape } of [...inputs, ...outputs]) {
    if (buffers[buffer]?.size !== sizeOf(shape)) found.push(`buffer ${buffer} does not hold [${shape}]`)
    if (!filled.has(buffer) && sizeOf(shape) > 0) found.push(`nothing fills the output in buffer ${buffer}`)
  }
  return found
}
