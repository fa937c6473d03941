/** The paper's model: authors, year, title, section. */
import { embedding, Layer, layerNorm, learnedPositions, repeat, transformerBlock } from "@etude/layers"
import type * as tf from "@tensorflow/tfjs-core"

export interface Sizes {
  readonly tokens: number
  /** Tokens of a window. */
  readonly length: number
  readonly width: number
  readonly blocks: number
}

/** Ids [batch, length] to the logits of the next ids [batch, length, tokens]: a transformer that sees what came before. */
export const network = ({ tokens, length, width, blocks }: Sizes) =>
  Layer.model(
    "__Name__",
    Layer.compose(
      {
        tokens: embedding(tokens, width),
        positions: learnedPositions(length),
        blocks: repeat(blocks, () => transformerBlock({ heads: 2, width, hidden: 4 * width, causal: true })),
        norm: layerNorm()
      },
      ({ tokens, positions, blocks, norm }, ids: tf.Tensor) => tokens({ hidden: norm(blocks(positions(tokens(ids)))) })
    ),
    { inputs: { shape: [length], dtype: "int32" } }
  )
