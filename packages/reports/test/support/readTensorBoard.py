"""Prints what TensorBoard's own reader finds in a folder: scalars as [wall time, step, value] and texts, by tag."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=True)
accumulator.Reload()
tags = accumulator.Tags()
scalars = {tag: [[e.wall_time, e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]}
texts = {
    tag: [tensor_util.make_ndarray(e.tensor_proto).item().decode() for e in accumulator.Tensors(tag)]
    for tag in tags["tensors"]
}
print(json.dumps({"scalars": scalars, "texts": texts, "file_version": accumulator.file_version}))
