"""Gradient and Hessian-vector product of models that it exports: torch_onnx.py FOLDER EXAMPLES.

It writes NAME.onnx and data.npz to the folder and says its version. For each line of stdin it does
one round: milliseconds of the gradient and of Hv, by model. Hv is one backward pass through the graph
of the gradient, which is built once and kept, the quickest way that PyTorch has. A line `memory` asks
for the most memory so far in MiB.
"""
import json
import os
import resource
import sys
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
folder, count, wanted = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
torch.manual_seed(1)


class Block(nn.Module):
    """He et al. 2016, with a convolution on the shortcut where the shape changes."""

    def __init__(self, width, out, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
            nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or width != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        return functional.relu(self.body(x) + self.shortcut(x))


class Inverted(nn.Module):
    """Sandler et al. 2018: wide, depthwise, narrow; `groups` channels a filter instead of one."""

    def __init__(self, width, out, stride, groups=None):
        super().__init__()
        wide = 4 * width
        self.body = nn.Sequential(
            nn.Conv2d(width, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=groups or wide, bias=False),
            nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, out, 1, bias=False), nn.BatchNorm2d(out),
        )
        self.keeps = stride == 1 and width == out

    def forward(self, x):
        return x + self.body(x) if self.keeps else self.body(x)


def stacked(blocks, first, last):
    return nn.Sequential(
        nn.Conv2d(3, first, 3, 1, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(last, 10),
    )


def resnet18():
    shapes = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1)]
    shapes += [(128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
    return stacked([Block(*each) for each in shapes], 64, 512)


def inverted(groups=None):
    shapes = [(16, 16, 1), (16, 24, 2), (24, 24, 1), (24, 40, 2), (40, 40, 1)]
    return stacked([Inverted(*each, groups) for each in shapes], 16, 40)


MODELS = {"resnet18": resnet18, "depthwise": inverted, "grouped": lambda: inverted(8)}
x = torch.rand(count, 3, 32, 32)
labels = torch.randint(0, 10, (count,))
np.savez(f"{folder}/data.npz", x=x.numpy(), y=labels.numpy())
model = MODELS[wanted]().eval()
with torch.no_grad():  # what is all ones or zeros before training, the exporter merges
    for each in model.parameters():
        each.add_(1e-3 * torch.randn_like(each))
torch.onnx.export(
    model, (x[:2],), f"{folder}/{wanted}.onnx", dynamo=False, input_names=["x"],
    dynamic_axes={"x": {0: "N"}}, training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
)
parameters = list(model.parameters())
vector = [torch.ones_like(each) for each in parameters]


def loss():
    return functional.cross_entropy(model(x), labels)


gradient = torch.autograd.grad(loss(), parameters, create_graph=True)
inner = sum((g * v).sum() for g, v in zip(gradient, vector))
TASKS = {
    "gradient": lambda: torch.autograd.grad(loss(), parameters),
    "Hv": lambda: torch.autograd.grad(inner, parameters, retain_graph=True),
}
print(f"PyTorch {torch.__version__}", flush=True)
for line in sys.stdin:
    if line.strip() == "memory":
        print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), flush=True)
        continue
    result = {}
    for task, run in TASKS.items():
        start = time.perf_counter()
        found = run()
        result[task] = {
            "ms": 1e3 * (time.perf_counter() - start),
            "norm": sum((each.double() ** 2).sum() for each in found).item() ** 0.5,
        }
    print(json.dumps(result), flush=True)
