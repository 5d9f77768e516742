"""λ_max and the trace of the Hessian in the manner of PyHessian, on a ResNet-20 for CIFAR that it
trains and exports: torch_hessian.py FOLDER IMAGES EPOCHS.

It reads images and labels from the folder, writes model.onnx and data.npz there and then says its
version. For each line of stdin, {"part": …, …} as JSON, it does a part.

One batch of all images: the graph of the gradient is built once and kept, and each product is one
double backward through it, which is the quickest way that PyHessian has. Power iteration runs until
the eigenvalue changes by less than a tolerance, 1e-3 by PyHessian's default.
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
folder, count, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
torch.manual_seed(1)


class Block(nn.Module):
    """He et al. 2016, §4.2: where the shape changes, the shortcut takes every other pixel and pads
    with channels of zeros, without parameters.
    """

    def __init__(self, width, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.stride, self.more = stride, (out - width) // 2

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        if self.more:
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.more, self.more))
        return functional.relu(self.bn2(self.conv2(y)) + x)


def resnet20():
    layers, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for out, stride in ((16, 1), (32, 2), (64, 2)):
        layers += [Block(width, out, stride), Block(out, out, 1), Block(out, out, 1)]
        width = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def read(name, dtype):
    return np.fromfile(f"{folder}/{name}", dtype)


images = torch.from_numpy(read("images", np.float32)).reshape(count, 32, 32, 3)
images = images.permute(0, 3, 1, 2).contiguous()
labels = torch.from_numpy(read("labels", np.int32).astype(np.int64))
model = resnet20()
optimiser = torch.optim.Adam(model.parameters(), fused=True)
steps = epochs * -(-count // 50)
# Slow at the end, so that batch norm's running moments are those of the weights at which f is taken.
rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=steps)
for _ in range(epochs):
    for rows in torch.randperm(count).split(50):
        optimiser.zero_grad(set_to_none=True)
        functional.cross_entropy(model(images[rows]), labels[rows]).backward()
        optimiser.step()
        rate.step()
model.eval()
torch.onnx.export(
    model, (images[:2],), f"{folder}/model.onnx", dynamo=False, input_names=["x"],
    dynamic_axes={"x": {0: "N"}}, training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
)
with torch.no_grad():
    logits = model(images[:16]).numpy()
np.savez(f"{folder}/data.npz", x=images.numpy(), y=labels.numpy(), logits=logits)
named = dict(model.named_parameters())
parameters = list(named.values())


def gradients():
    loss = functional.cross_entropy(model(images), labels)
    return torch.autograd.grad(loss, parameters, create_graph=True)


def product(kept, v):
    return torch.autograd.grad(kept, parameters, grad_outputs=v, retain_graph=True)


def dot(a, b):
    return sum((x * y).sum() for x, y in zip(a, b)).item()


def scaled(v, factor):
    return [x * factor for x in v]


def given(name):
    """Vectors in Basin's order of the tensors, as lists of tensors."""
    with open(f"{folder}/tensors.json") as file:
        order = json.load(file)
    rows = torch.from_numpy(read(name, np.float32)).reshape(-1, sum(p.numel() for p in parameters))
    vectors = []
    for row in rows:
        parts = dict(zip(order, row.split([named[key].numel() for key in order])))
        vectors.append([parts[key].view_as(p) for key, p in named.items()])
    return vectors


def power(tolerance, most):
    """λ, and the products and the residual ‖Hv − λv‖ at its end."""
    kept = gradients()
    (v,) = given("start")
    v, value = scaled(v, dot(v, v) ** -0.5), None
    for products in range(1, most + 1):
        hv = product(kept, v)
        before, value = value, dot(hv, v)
        ended = before is not None and abs(value - before) / (abs(before) + 1e-6) < tolerance
        if ended:
            break
        v = scaled(hv, dot(hv, hv) ** -0.5)
    rest = [x - value * y for x, y in zip(hv, v)]
    return {"value": value, "residual": dot(rest, rest) ** 0.5, "products": products}


def trace():
    """By the very probes of Basin."""
    kept = gradients()
    return {"samples": [dot(v, product(kept, v)) for v in given("probes")]}


def drawn(probes):
    """By probes of its own."""
    kept, samples = gradients(), []
    for _ in range(probes):
        v = [torch.randint_like(p, 2) * 2 - 1 for p in parameters]
        samples.append(dot(v, product(kept, v)))
    return {"samples": samples}


PARTS = {"power": power, "trace": trace, "drawn": drawn}
print(f"PyTorch {torch.__version__}", flush=True)
for line in sys.stdin:
    options = json.loads(line)
    part = PARTS[options.pop("part")]
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    found = part(**options)
    ended, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    processor = spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({**found, "seconds": ended - began, "processor": processor}), flush=True)
