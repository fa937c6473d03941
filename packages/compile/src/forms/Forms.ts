/** Every node's form. */
import type { Task } from "../code/Code.ts"
import type { Foreign, Node } from "../plan/Plan.ts"
import * as Contract from "./Contract.ts"
import type { Context } from "./Form.ts"
import * as Loop from "./Loop.ts"
import * as MapForm from "./Map.ts"
import * as Reduce from "./Reduce.ts"
import * as Scan from "./Scan.ts"
import * as Scatter from "./Scatter.ts"

/** The tasks of a node, one list for each of its phases. */
export const phases = (node: Exclude<Node, Foreign>, context: Context): ReadonlyArray<ReadonlyArray<Task>> => {
  switch (node._tag) {
    case "Map":
      return [MapForm.tasks(node, context)]
    case "Reduce":
      return [Reduce.tasks(node, context)]
    case "Scan":
      return [Scan.tasks(node, context)]
    case "Scatter":
      return Scatter.phases(node, context)
    case "Contract":
      return [Contract.tasks(node, context)]
    case "Loop":
      return [Loop.tasks(node, context)]
  }
}
