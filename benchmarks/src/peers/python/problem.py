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
        self.takes_labels, self.dropout = about["takesLabels"], about["dropout"]
        values, at = np.fromfile(folder / "values.f32", dtype="<f4"), 0
        self.values = {}
        for variable in about["variables"]:
            size = int(np.prod(variable["shape"]))
            self.values[variable["path"]] = values[at : at + size].reshape(variable["shape"])
            at += size
        each = (self.batches, self.batch_size)
        file, dtype = ("inputs.i32", "<i4") if self.takes_labels else ("inputs.f32", "<f4")
        self.inputs = np.fromfile(folder / file, dtype=dtype).reshape(*each, *self.shape)
        self.labels = np.fromfile(folder / "labels.i32", dtype="<i4").reshape(*each, *(self.shape if self.takes_labels else []))

    def values_of(self, layer):
        """The initial values of a layer by the part of their path after the slash, in their order."""
        return {path.split("/")[1]: value for path, value in self.values.items() if path.split("/")[0] == layer}
