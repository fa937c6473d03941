/** A transformer of characters: ids [batch, time] to the logits of the next ones [batch, time, tokens], in the size of nanoGPT's. */
import { dropout, embedding, Layer, layerNorm, learnedPositions, repeat, transformerBlock } from "@etude/layers"
import type { Tensor } from "@tensorflow/tfjs-core"

export const characters = (tokens: number, length = 256, width = 384, dropped = 0.2) =>
  Layer.compose(
    {
      tokens: embedding(tokens, width),
      positions: learnedPositions(length),
      dropout: dropout(dropped),
      blocks: repeat(6, () => transformerBlock({ heads: 6, width, hidden: 4 * width, causal: true, dropout: dropped })),
      norm: layerNorm()
    },
    ({ tokens, positions, dropout, blocks, norm }, ids: Tensor) =>
      tokens({ hidden: norm(blocks(dropout(positions(tokens(ids))))) })
  )
