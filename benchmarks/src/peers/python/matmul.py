"""Floating-point operations a second of large matrix multiplications by PyTorch."""

import time

import torch

side, attempts = 2048, 8


def run(_job, rounds):
    a, b = torch.full((side, side), 0.5), torch.full((side, side), 0.25)
    torch.matmul(a, b)
    flops = []
    for _ in range(attempts):
        begin = time.perf_counter()
        torch.matmul(a, b)
        flops.append(2 * side**3 / (time.perf_counter() - begin))
    rounds.channel.send(_tag="Multiplied", flops=flops)
