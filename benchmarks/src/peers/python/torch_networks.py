"""The networks as PyTorch's modules, with the names and initial values of the problem."""

from collections import OrderedDict

import torch
import torch_transformer
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, name, inputs, channels):
        super().__init__()
        self.first = unit(f"{name}_1", 3, inputs, channels)
        self.second = unit(f"{name}_2", 3, channels, channels)
        self.shortcut = nn.Identity() if inputs == channels else unit(f"{name}_shortcut", 1, inputs, channels)

    def forward(self, x):
        return functional.relu(self.second(functional.relu(self.first(x))) + self.shortcut(x))


def unit(name, side, inputs, channels):
    """A convolution and its normalization."""
    convolution = nn.Conv2d(inputs, channels, side, padding=side // 2, bias=False)
    return nn.Sequential(
        OrderedDict({name: convolution, f"{name}_norm": nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1)})
    )


def resnet(classes):
    return nn.Sequential(
        unit("stem", 3, 3, 16),
        nn.ReLU(),
        Block("block1", 16, 16),
        nn.AvgPool2d(2),
        Block("block2", 16, 32),
        nn.AvgPool2d(2),
        Block("block3", 32, 64),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Sequential(OrderedDict(output=nn.Linear(64, classes))),
    )


def lenet5(classes):
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 6, 5),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(6, 16, 5),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            dense1=nn.Linear(256, 120),
            relu3=nn.ReLU(),
            dense2=nn.Linear(120, 84),
            relu4=nn.ReLU(),
            output=nn.Linear(84, classes),
        )
    )


def perceptron(problem):
    layers = OrderedDict()
    for path, value in problem.values.items():
        if path.endswith("/kernel"):
            if layers:
                layers[f"relu{len(layers)}"] = nn.ReLU()
            layers[path.split("/")[0]] = nn.Linear(*value.shape)
    return nn.Sequential(layers)


def network(problem):
    if problem.takes_labels:
        return torch_transformer.transformer(problem)
    if problem.name == "ResNet":
        model = resnet(problem.classes)
    elif problem.name == "LeNet-5":
        model = lenet5(problem.classes)
    else:
        model = perceptron(problem)
    with torch.no_grad():
        for path, module in model.named_modules():
            load(module, problem, path.split(".")[-1])
    return model


def load(module, problem, name):
    values = {part: torch.from_numpy(value.copy()) for part, value in problem.values_of(name).items()}
    if isinstance(module, nn.Conv2d):
        module.weight.copy_(values["kernel"].permute(3, 2, 0, 1))
    elif isinstance(module, nn.BatchNorm2d):
        module.weight.copy_(values["scale"])
        module.bias.copy_(values["offset"])
        module.running_mean.copy_(values["mean"])
        module.running_var.copy_(values["variance"])
    elif isinstance(module, nn.Linear):
        kernel = values["kernel"]
        if problem.name == "LeNet-5" and name == "dense1":
            # TensorFlow flattens [height, width, channels], PyTorch [channels, height, width].
            kernel = kernel.reshape(4, 4, 16, -1).permute(2, 0, 1, 3).reshape(kernel.shape)
        module.weight.copy_(kernel.T)
    if getattr(module, "bias", None) is not None and "bias" in values:
        module.bias.copy_(values["bias"])


def batches(problem):
    """All batches as tensors; images as PyTorch wants them, channels first."""
    inputs = torch.from_numpy(problem.inputs)
    if problem.takes_labels:
        inputs = inputs.long()
    if inputs.dim() == 5:
        inputs = inputs.permute(0, 1, 4, 2, 3).contiguous()
    return list(zip(inputs, torch.from_numpy(problem.labels).long()))


def loss(outputs, labels):
    """The mean over all labels of logits [batch, classes], or [batch, time, classes]."""
    return functional.cross_entropy(outputs.flatten(0, -2), labels.flatten())


def adam(problem, parameters):
    numbers = problem.adam
    return torch.optim.Adam(
        parameters, lr=numbers["rate"], betas=(numbers["beta1"], numbers["beta2"]), eps=numbers["epsilon"]
    )


def about():
    return f"threads: {torch.get_num_threads()}", {"torch": torch.__version__}
