"""PyTorch's own loop, as its tutorials write it; and the same with the model given to torch.compile."""

from itertools import cycle, islice

import torch
import torch_networks
from problem import Problem


def run(job, rounds):
    problem = Problem(job["folder"])
    model = torch_networks.network(problem)
    optimizer = torch_networks.adam(problem, model.parameters())
    predict = torch.compile(model) if job["peer"] == "torchCompile" else model
    batches = cycle(torch_networks.batches(problem))

    def step(inputs, labels):
        optimizer.zero_grad()
        loss = torch_networks.loss(predict(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss

    for inputs, labels in islice(batches, rounds.watched):
        rounds.saw(step(inputs, labels).item())
    rounds.started(*torch_networks.about())
    while True:
        for inputs, labels in islice(batches, rounds.begin()):
            step(inputs, labels)
        rounds.end()
