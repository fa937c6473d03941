"""torchmetrics in the comparison of metrics. The messages are those of ../../metrics/Protocol.ts, as lines of JSON on the
channel that Node opens for its children.

metrics.py JOB, where JOB is JSON: {"competitor": "torchmetrics" | "unchecked", "folder", "batches", "threads"}.
"""

import json
import os
import pathlib
import socket
import sys
import time

import numpy as np
import torch
import torchmetrics as tm
import torchmetrics.classification as c
import torchmetrics.regression as r
from torchmetrics.text import Perplexity

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
channel = socket.socket(fileno=int(os.environ["NODE_CHANNEL_FD"]))
lines = channel.makefile("r", encoding="utf-8")


def send(**message):
    channel.sendall((json.dumps(message) + "\n").encode())


BATCH, DISTINCT = 1024, 16


def read(name, kind):
    return np.fromfile(pathlib.Path(job["folder"], name), dtype=kind)


scores = torch.from_numpy(read("classes.f32", np.float32)).reshape(DISTINCT, BATCH, 10)
labels = torch.from_numpy(read("labels.i32", np.int32)).long().reshape(DISTINCT, BATCH)
sets = torch.from_numpy(read("sets.i32", np.int32)).long().reshape(DISTINCT, BATCH, 10)
x, y = (torch.from_numpy(read(name, np.float32)).reshape(DISTINCT, BATCH) for name in ("x.f32", "y.f32"))

classes = list(zip(scores, labels))
tokens = [(one.reshape(-1, 32, 10), label.reshape(-1, 32)) for one, label in classes]
numbers = list(zip(x, y))
alone = [(one,) for one in x]

# Input is checked by default; "unchecked" leaves that out where there is such an option.
check = {"validate_args": job["competitor"] == "torchmetrics"}
ten = {"num_classes": 10, **check}
binned = {**ten, "thresholds": 100}
six = lambda: tm.MetricCollection(
    {
        "accuracy": c.MulticlassAccuracy(average="micro", **ten),
        "precision": c.MulticlassPrecision(**ten),
        "recall": c.MulticlassRecall(**ten),
        "F1": c.MulticlassF1Score(**ten),
        "confusion": c.MulticlassConfusionMatrix(**ten),
        "Matthews": c.MulticlassMatthewsCorrCoef(**ten),
    }
)
metrics = {
    "accuracy": (lambda: c.MulticlassAccuracy(average="micro", **ten), classes),
    "precision": (lambda: c.MulticlassPrecision(**ten), classes),
    "recall": (lambda: c.MulticlassRecall(**ten), classes),
    "F1": (lambda: c.MulticlassF1Score(**ten), classes),
    "F2": (lambda: c.MulticlassFBetaScore(beta=2.0, **ten), classes),
    "specificity": (lambda: c.MulticlassSpecificity(**ten), classes),
    "Jaccard": (lambda: c.MulticlassJaccardIndex(**ten), classes),
    "top-3 accuracy": (lambda: c.MulticlassAccuracy(average="micro", top_k=3, **ten), classes),
    "confusion matrix": (lambda: c.MulticlassConfusionMatrix(**ten), classes),
    "Matthews": (lambda: c.MulticlassMatthewsCorrCoef(**ten), classes),
    "kappa": (lambda: c.MulticlassCohenKappa(**ten), classes),
    "six together": (six, classes),
    "F1 of labels": (lambda: c.MultilabelF1Score(num_labels=10, **check), list(zip(scores, sets))),
    "exact match": (lambda: c.MultilabelExactMatch(num_labels=10, **check), list(zip(scores, sets))),
    "ECE": (lambda: c.MulticlassCalibrationError(n_bins=15, **ten), classes),
    "MCE": (lambda: c.MulticlassCalibrationError(n_bins=15, norm="max", **ten), classes),
    "AUROC, 100 bins": (lambda: c.MulticlassAUROC(**binned), classes),
    "average precision, 100 bins": (lambda: c.MulticlassAveragePrecision(**binned), classes),
    "ROC curve, 100 bins": (lambda: c.MulticlassROC(**binned), classes),
    "PR curve, 100 bins": (lambda: c.MulticlassPrecisionRecallCurve(**binned), classes),
    "AUROC": (lambda: c.MulticlassAUROC(**ten), classes),
    "average precision": (lambda: c.MulticlassAveragePrecision(**ten), classes),
    "perplexity": (lambda: Perplexity(), tokens),
    "MAE": (lambda: r.MeanAbsoluteError(), numbers),
    "MSE": (lambda: r.MeanSquaredError(), numbers),
    "RMSE": (lambda: r.MeanSquaredError(squared=False), numbers),
    "MAPE": (lambda: r.MeanAbsolutePercentageError(), numbers),
    "SMAPE": (lambda: r.SymmetricMeanAbsolutePercentageError(), numbers),
    "R²": (lambda: r.R2Score(), numbers),
    "explained variance": (lambda: r.ExplainedVariance(), numbers),
    "Pearson": (lambda: r.PearsonCorrCoef(), numbers),
    "Spearman": (lambda: r.SpearmanCorrCoef(), numbers),
    "cosine similarity": (lambda: r.CosineSimilarity(reduction="mean"), [(one, one) for one in scores]),
    "mean": (lambda: tm.MeanMetric(), alone),
    "sum": (lambda: tm.SumMetric(), alone),
    "minimum": (lambda: tm.MinMetric(), alone),
    "maximum": (lambda: tm.MaxMetric(), alone),
}


def held(metric):
    """Bytes of the tensors that the metric's state holds."""
    each = metric.values() if isinstance(metric, tm.MetricCollection) else [metric]
    tensors = {}
    for one in each:
        for name in one._defaults:
            value = getattr(one, name)
            for tensor in value if isinstance(value, list) else [value]:
                tensors[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
    return sum(tensors.values())


def round_of(make, batches, samples, seconds):
    metric = make()
    # As long as the others warm up.
    warm = time.perf_counter() + 1
    for at in range(512):
        if time.perf_counter() > warm:
            break
        metric.update(*batches[at % len(batches)])
    metric.reset()
    done, early, at = 0, 0, 0
    begin = last = time.perf_counter()
    times = []
    while done < samples:
        metric.update(*batches[at % len(batches)])
        done += BATCH
        at += 1
        if early == 0 and done >= samples / 10:
            early = held(metric)
        if at % 16 == 0:
            now = time.perf_counter()
            times.append(now - last)
            last = now
            if now - begin > seconds:
                break
    result = metric.compute()
    took = time.perf_counter() - begin
    if isinstance(result, dict):
        result = result["accuracy"]
    value = {"value": float(result)} if torch.is_tensor(result) and result.numel() == 1 else {}
    send(_tag="Round", samples=done, seconds=took, typical=float(np.median(times)), bytes=held(metric), early=early, **value)


send(_tag="Ready", on=f"torchmetrics {tm.__version__}, PyTorch {torch.__version__}, threads: {torch.get_num_threads()}")
for line in lines:
    request = json.loads(line)
    if request["metric"] not in metrics:
        send(_tag="Lacking")
    else:
        round_of(*metrics[request["metric"]], request["samples"], request["seconds"])
