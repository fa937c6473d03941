"""A transformer of characters: ids [batch, time] to the logits of the next ones [batch, time, tokens]."""

import torch
from torch import nn


class Characters(nn.Module):
    def __init__(self, tokens, length=256, width=384, dropped=0.2):
        super().__init__()
        self.tokens = nn.Embedding(tokens, width)
        self.positions = nn.Embedding(length, width)
        self.dropout = nn.Dropout(dropped)
        block = nn.TransformerEncoderLayer(
            width, 6, 4 * width, dropped, "gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(block, 6, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, tokens, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, ids):
        time = ids.shape[1]
        x = self.dropout(self.tokens(ids) + self.positions(torch.arange(time, device=ids.device)))
        mask = nn.Transformer.generate_square_subsequent_mask(time, device=ids.device)
        return self.head(self.blocks(x, mask, is_causal=True))
