"""The transformer as nanoGPT writes it: one product for queries, keys and values, and PyTorch's own attention."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

heads = 6


class Attention(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.rate = rate

    def forward(self, x):
        batch, time, width = x.shape
        parts = self.inputs(x).split(width, dim=2)
        query, key, value = (part.view(batch, time, heads, width // heads).transpose(1, 2) for part in parts)
        rate = self.rate if self.training else 0
        seen = functional.scaled_dot_product_attention(query, key, value, dropout_p=rate, is_causal=True)
        return self.output(seen.transpose(1, 2).reshape(batch, time, width))


class Block(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.attention_norm, self.dense_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, rate)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(rate)

    def forward(self, x):
        x = x + self.dropout(self.attention(self.attention_norm(x)))
        return x + self.dropout(self.contract(functional.gelu(self.expand(self.dense_norm(x)))))


class Transformer(nn.Module):
    def __init__(self, problem):
        super().__init__()
        characters, width = problem.values["tokens/table"].shape
        blocks = sum(path.endswith("/expand/kernel") for path in problem.values)
        self.tokens, self.positions = nn.Embedding(characters, width), nn.Embedding(problem.shape[0], width)
        self.dropout = nn.Dropout(problem.dropout)
        self.blocks = nn.Sequential(*(Block(width, problem.dropout) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        positions = self.positions(torch.arange(ids.shape[1]))
        x = self.blocks(self.dropout(self.tokens(ids) + positions))
        return functional.linear(self.norm(x), self.tokens.weight)


def transformer(problem):
    model, values = Transformer(problem), problem.values

    def norm(layer, path):
        load(layer.weight, values[f"{path}/scale"])
        load(layer.bias, values[f"{path}/offset"])

    def linear(layer, *paths):
        load(layer.weight, np.concatenate([values[f"{path}/kernel"] for path in paths], axis=1).T)
        load(layer.bias, np.concatenate([values[f"{path}/bias"] for path in paths]))

    load(model.tokens.weight, values["tokens/table"])
    load(model.positions.weight, values["positions/table"])
    norm(model.norm, "norm")
    for at, block in enumerate(model.blocks):
        path = f"blocks/{at}"
        norm(block.attention_norm, f"{path}/attentionNorm")
        norm(block.dense_norm, f"{path}/denseNorm")
        linear(block.attention.inputs, *(f"{path}/attention/{part}" for part in ("query", "key", "value")))
        linear(block.attention.output, f"{path}/attention/output")
        linear(block.expand, f"{path}/expand")
        linear(block.contract, f"{path}/contract")
    return model


def load(parameter, values):
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))
