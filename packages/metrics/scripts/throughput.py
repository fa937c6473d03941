"""The counterpart of throughput.ts with torchmetrics: python throughput.py [samples]."""
import sys, time, torch
import torchmetrics as tm
import torchmetrics.classification as c
samples, batch = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, 1024
x, y = torch.randn(batch, 10), torch.randint(0, 10, (batch,))
p = x.softmax(1)
a, b = torch.randn(batch), torch.randn(batch)
metrics = {"accuracy": c.MulticlassAccuracy(10, average="micro"), "macro F1": c.MulticlassF1Score(10), "top-3 accuracy": c.MulticlassAccuracy(10, top_k=3, average="micro"),
           "confusion matrix": c.MulticlassConfusionMatrix(10), "ECE": c.MulticlassCalibrationError(10), "AUROC, 100 bins": c.MulticlassAUROC(10, thresholds=100)}
def run(name, metric, outputs, targets):
    metric.update(outputs, targets); metric.reset()
    begin = time.perf_counter()
    for _ in range(0, samples, batch):
        metric.update(outputs, targets)
    metric.compute()
    seconds = time.perf_counter() - begin
    print(f"{name:18} {samples / seconds:12,.0f} samples/s {seconds:7.2f} s")
for name, metric in metrics.items():
    run(name, metric, x if name == "top-3 accuracy" else p, y)
for name, metric in {"MSE": tm.MeanSquaredError(), "R²": tm.R2Score(), "Pearson": tm.PearsonCorrCoef()}.items():
    run(name, metric, a, b)
