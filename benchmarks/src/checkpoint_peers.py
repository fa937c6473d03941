"""Saves so many bytes of float32 with Python's safetensors and with torch, and prints the seconds of each as JSON.

checkpoint_peers.py FOLDER BYTES ROUNDS. Tensors are of a million numbers each. What is not installed is left out.
"""

import json
import os
import sys
import time

import numpy as np
from safetensors.numpy import load_file, save_file

folder, size, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(2)
tensors = {
    f"layer{at}/kernel": random.standard_normal((1000, 1000), dtype=np.float32) for at in range(-(-size // 4_000_000))
}
seconds = {}


def timed(name, run):
    begin = time.perf_counter()
    run()
    seconds.setdefault(name, []).append(time.perf_counter() - begin)


def synced(path, save):
    save()
    with open(path, "rb") as file:
        os.fsync(file.fileno())


try:
    import torch

    torch_tensors = {name: torch.from_numpy(values) for name, values in tensors.items()}
except ImportError:
    torch = None

for _ in range(rounds):
    path = f"{folder}/model.safetensors"
    timed("safetensors save_file", lambda: save_file(tensors, path))
    timed("safetensors save_file + fsync", lambda: synced(path, lambda: save_file(tensors, path)))
    timed("safetensors load_file", lambda: load_file(path))
    if torch is not None:
        path = f"{folder}/model.pt"
        timed("torch.save", lambda: torch.save(torch_tensors, path))
        timed("torch.save + fsync", lambda: synced(path, lambda: torch.save(torch_tensors, path)))
        timed("torch.load", lambda: torch.load(path))
print(json.dumps(seconds))
