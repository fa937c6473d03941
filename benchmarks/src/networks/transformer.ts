/**
 * A transformer that predicts the next character of a text, made of the parts of `@etude/layers`, in the sizes that nanoGPT
 * has for Shakespeare, but for half of its context: 6 blocks of 384 features, 6 heads, 128 characters at once, 65 different
 * ones. Blocks normalize first, and have Gauss' error linear units; the table of characters makes the logits, too.
 */
import { dropout, embedding, Layer, layerNorm, learnedPositions, repeat, transformerBlock } from "@etude/layers"
import type * as tf from "@tensorflow/tfjs-core"
import { type Network, ones, type Variable, type Variables, zeros } from "./Network.ts"

const [blocks, width, heads, context, characters] = [6, 384, 6, 128, 65]
const hidden = 4 * width

const small = (...shape: ReadonlyArray<number>): Variable => ({ shape, begin: "small" })

const norm = (name: string): Variables => ({ [`${name}/scale`]: ones(width), [`${name}/offset`]: zeros(width) })

/** Kernels of a block, with their inputs and outputs. */
const kernels: { readonly [name: string]: readonly [inputs: number, outputs: number] } = {
  "attention/query": [width, width],
  "attention/key": [width, width],
  "attention/value": [width, width],
  "attention/output": [width, width],
  expand: [width, hidden],
  contract: [hidden, width]
}

const blockNames = Array.from({ length: blocks }, (_, at) => `blocks/${at}`)

const block = (name: string): Variables => ({
  ...norm(`${name}/attentionNorm`),
  ...norm(`${name}/denseNorm`),
  ...Object.fromEntries(
    Object.entries(kernels).flatMap(([part, [inputs, outputs]]) => [
      [`${name}/${part}/kernel`, small(inputs, outputs)],
      [`${name}/${part}/bias`, zeros(outputs)]
    ])
  )
})

/** @param rate of dropout on embeddings, attention weights and outputs of both halves of a block */
export const transformerLayer = (rate: number): Layer.Layer =>
  Layer.compose(
    {
      tokens: embedding(characters, width),
      positions: learnedPositions(context),
      dropout: dropout(rate),
      blocks: repeat(blocks, () => transformerBlock({ heads, width, hidden, causal: true, dropout: rate })),
      norm: layerNorm()
    },
    ({ tokens, positions, dropout, blocks, norm }, ids: tf.Tensor) =>
      tokens({ hidden: norm(blocks(dropout(positions(tokens(ids))))) })
  )

export const transformer = (rate: number): Network => ({
  shape: [context],
  classes: characters,
  takesLabels: true,
  dropout: rate,
  // Many gradients are so small that 1e-7 counts, and moves losses by 0.8 % within 10 steps where it is added elsewhere.
  epsilon: 1e-12,
  parameters: {
    "tokens/table": small(characters, width),
    "positions/table": small(context, width),
    ...Object.assign({}, ...blockNames.map(block)),
    ...norm("norm")
  },
  statistics: {},
  apply: transformerLayer(rate).apply,
  positions: {
    ...Object.fromEntries(
      blockNames.flatMap((name) => Object.keys(kernels).map((part) => [`${name}/${part}/kernel`, context] as const))
    ),
    "tokens/table": context
  },
  // Queries with keys, and weights with values.
  products: blocks * 2 * context * context * width
})
