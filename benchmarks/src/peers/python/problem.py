"""A problem as its files give it: see ../Files.ts."""

import json
import pathlib

import numpy as np


class Problem:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        about = json.loads((folder / "problem.json").read_text())
        self.name, self.shape, self.classes = about["name"], about["shape"], about["classes"]
        self.batch_size, self.batches, self.adam = about["batchSize"], about["batches"], about["adam"]
        values, at = np.fromfile(folder / "values.f32", dtype="<f4"), 0
        self.values = {}
        for variable in about["variables"]:
            size = int(np.prod(variable["shape"]))
            self.values[variable["path"]] = values[at : at + size].reshape(variable["shape"])
            at += size
        each = (self.batches, self.batch_size)
        self.inputs = np.fromfile(folder / "inputs.f32", dtype="<f4").reshape(*each, *self.shape)
        self.labels = np.fromfile(folder / "labels.i32", dtype="<i4").reshape(each)

    def values_of(self, layer):
        """The initial values of a layer by the part of their path after the slash, in their order."""
        return {path.split("/")[1]: value for path, value in self.values.items() if path.split("/")[0] == layer}
