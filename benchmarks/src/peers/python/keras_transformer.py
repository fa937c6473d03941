"""The transformer of Keras' own layers, with its attention."""

import keras
from keras import layers, ops

heads = 6


class Tokens(layers.Embedding):
    """Vectors of ids; and logits by the same table."""

    def logits(self, hidden):
        return ops.matmul(hidden, ops.transpose(self.embeddings))


class Logits(layers.Layer):
    def __init__(self, tokens):
        super().__init__(name="logits")
        self.tokens = tokens

    def call(self, hidden):
        return self.tokens.logits(hidden)


class Positions(layers.Layer):
    """Adds a vector of each position."""

    def build(self, shape):
        self.table = self.add_weight(name="table", shape=shape[1:])

    def call(self, x):
        return x + self.table


def transformer(problem):
    values, rate = problem.values, problem.dropout
    characters, width = values["tokens/table"].shape
    weights = []

    def with_values(layer, *arrays):
        weights.append((layer, arrays))
        return layer

    def norm(name, x):
        layer = layers.LayerNormalization(epsilon=1e-5, name=name.replace("/", "_"))
        return with_values(layer, values[f"{name}/scale"], values[f"{name}/offset"])(x)

    def dense(name, x, activation=None):
        layer = layers.Dense(values[f"{name}/bias"].size, activation, name=name.replace("/", "_"))
        return with_values(layer, values[f"{name}/kernel"], values[f"{name}/bias"])(x)

    def attention(name, x):
        size = width // heads
        layer = layers.MultiHeadAttention(heads, size, dropout=rate, name=name.replace("/", "_"))
        arrays = []
        for part in ("query", "key", "value"):
            arrays += [values[f"{name}/{part}/kernel"].reshape(width, heads, size)]
            arrays += [values[f"{name}/{part}/bias"].reshape(heads, size)]
        arrays += [values[f"{name}/output/kernel"].reshape(heads, size, width), values[f"{name}/output/bias"]]
        return with_values(layer, *arrays)(x, x, use_causal_mask=True)

    def block(name, x):
        x = x + layers.Dropout(rate)(attention(f"{name}/attention", norm(f"{name}/attentionNorm", x)))
        hidden = dense(f"{name}/expand", norm(f"{name}/denseNorm", x), keras.activations.gelu)
        return x + layers.Dropout(rate)(dense(f"{name}/contract", hidden))

    tokens = with_values(Tokens(characters, width, name="tokens"), values["tokens/table"])
    inputs = keras.Input(problem.shape, dtype="int32")
    x = with_values(Positions(name="positions"), values["positions/table"])(tokens(inputs))
    x = layers.Dropout(rate)(x)
    for at in range(sum(path.endswith("/expand/kernel") for path in values)):
        x = block(f"blocks/{at}", x)
    model = keras.Model(inputs, Logits(tokens)(norm("norm", x)))
    for layer, arrays in weights:
        layer.set_weights(list(arrays))
    return model
