"""The perceptron of Ioffe and Szegedy 2015, section 4.1: images [batch, 784] to logits [batch, 10]."""

from torch import nn


def hidden(inputs):
    return nn.Sequential(nn.Linear(inputs, 100, bias=False), nn.BatchNorm1d(100), nn.Sigmoid())


batch_norm_mlp = nn.Sequential(
    nn.Sequential(hidden(784), hidden(100), hidden(100)),
    nn.Linear(100, 10),
)
