"""Reads one case with PyTorch's DataLoader or Hugging Face's datasets: data.py '{"case": …}' prints an answer.

See ../../data/Protocol.ts. Both read as their documentation says: a table into tensors by pandas and a Dataset of rows;
images by torchvision. Times are of opening the files and of one shuffled epoch, each with the workers that the job names.
"""

import gzip
import json
import pathlib
import sys
import tempfile
import time


def mnist_arrays(folder):
    import numpy as np

    def read(stem):
        for path in sorted(pathlib.Path(folder).glob(f"{stem}*")):
            opened = gzip.open(path) if path.suffix == ".gz" else open(path, "rb")
            with opened as file:
                content = file.read()
            dimensions = content[3]
            shape = np.frombuffer(content, ">u4", dimensions, 4)
            return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
        raise FileNotFoundError(stem)

    return read("train-images"), read("train-labels")


def torch_dataset(job):
    import torch
    from torch.utils.data import Dataset, TensorDataset

    if job["case"] in ("csv", "parquet"):
        import pandas as pd

        frame = pd.read_csv(job["path"]) if job["case"] == "csv" else pd.read_parquet(job["path"])
        inputs = torch.from_numpy(frame.iloc[:, :-1].to_numpy("float32"))
        return TensorDataset(inputs, torch.from_numpy(frame.iloc[:, -1].to_numpy("int64")))
    from torchvision import transforms

    if job["case"] == "mnist":
        from PIL import Image

        images, labels = mnist_arrays(job["path"])
        to_tensor = transforms.ToTensor()

        class Mnist(Dataset):
            """What torchvision.datasets.MNIST does for a sample, on the same files."""

            def __len__(self):
                return len(images)

            def __getitem__(self, index):
                return to_tensor(Image.fromarray(images[index])), int(labels[index])

        return Mnist()
    from torchvision.datasets import ImageFolder

    return ImageFolder(job["path"], transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()]))


def pytorch(job):
    from torch.utils.data import DataLoader

    begin = time.perf_counter()
    dataset = torch_dataset(job)
    opened = time.perf_counter()
    rows, total = 0, 0.0
    for inputs, targets in DataLoader(dataset, batch_size=job["batch"], shuffle=True, num_workers=job["workers"]):
        rows += len(targets)
        flat = inputs.reshape(len(targets), -1)
        total += flat[:, flat.shape[1] // 2].double().sum().item()
    return rows, total, begin, opened


def hugging_face(job):
    import datasets
    import numpy as np

    datasets.disable_progress_bars()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        if job["case"] in ("csv", "parquet"):
            dataset = datasets.load_dataset(job["case"], data_files=job["path"], split="train", cache_dir=cache)
            # The last column is the targets.
            middle = dataset.column_names[(len(dataset.column_names) - 1) // 2]
        elif job["case"] == "mnist":
            images, labels = mnist_arrays(job["path"])
            flat = list(images.reshape(len(images), -1))
            dataset, middle = datasets.Dataset.from_dict({"image": flat, "label": labels}), "image"
        else:
            dataset = datasets.load_dataset("imagefolder", data_dir=job["path"], split="train", cache_dir=cache)
            resize = lambda batch: {"image": [np.asarray(i.convert("RGB").resize((64, 64))) for i in batch["image"]], "label": batch["label"]}
            dataset, middle = dataset.with_transform(resize), "image"
        if job["case"] != "jpeg":
            dataset = dataset.with_format("numpy")
        opened = time.perf_counter()
        rows, total = 0, 0.0
        for batch in dataset.shuffle(seed=1).iter(batch_size=job["batch"]):
            values = np.asarray(batch[middle])
            values = values.reshape(len(values), -1)
            rows += len(values)
            scale = 255 if middle == "image" else 1
            total += float(values[:, values.shape[1] // 2].astype("float64").sum()) / scale
        return rows, total, begin, opened


if __name__ == "__main__":
    job = json.loads(sys.argv[1])
    rows, total, begin, opened = {"pytorch": pytorch, "datasets": hugging_face}[job["reader"]](job)
    end = time.perf_counter()
    print(json.dumps({"rows": rows, "sum": total, "openSeconds": opened - begin, "epochSeconds": end - opened}))
