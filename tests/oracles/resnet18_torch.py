"""ResNet-18 for CIFAR (He et al. 2016) with 11 million weights by a formula, as PyTorch exports it.

    python resnet18_torch.py

writes ../golden/onnx/resnet18.onnx, whose tensors are left out (each is said to lie in an external
file of its own name), and resnet18_torch.json: how each tensor is made, f, logits, entries of the
gradient and of Hv in double precision, and the largest eigenvalue of H by the Lanczos process, with its residual. Entry i of tensor number t is centre + width * uniform(i, t), rounded to float32.
Made with torch 2.13 and onnx 1.23.2. It takes some minutes.
"""

import json
import os
import tempfile
import warnings

import numpy as np
import onnx
import torch
from onnx import TensorProto
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = 4


def uniform(count, stream):
    """In [-1, 1), from the finaliser of MurmurHash3."""
    h = np.arange(count, dtype=np.uint64) + np.uint64(stream * 0x9E3779B9)
    h = h.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float64) / 2**23 - 1


class Block(nn.Module):
    def __init__(self, width, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Sequential()
        if stride != 1 or width != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def resnet18():
    layers, width = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()], 64
    for out, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(width, out, stride), Block(out, out, 1)]
        width = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def centre_and_width(name, tensor):
    if name.endswith("running_var"):
        return 1.0, 0.5
    if name.endswith("running_mean"):
        return 0.0, 0.1
    if tensor.dim() == 1:
        return (0.75, 0.25) if name.endswith("weight") else (0.0, 0.1)
    return 0.0, float(np.round(np.sqrt(3 / tensor[0].numel()), 6))


def main():
    torch.set_num_threads(1)
    model = resnet18().eval()
    state = {k: v for k, v in model.state_dict().items() if v.is_floating_point()}
    made = {}
    for number, (name, tensor) in enumerate(state.items()):
        centre, width = centre_and_width(name, tensor)
        made[name] = {"number": number, "centre": centre, "width": width, "shape": list(tensor.shape)}
        values = centre + width * uniform(tensor.numel(), number)
        tensor.copy_(torch.from_numpy(values.astype(np.float32)).view(tensor.shape))
    x = torch.from_numpy(uniform(EXAMPLES * 3 * 32 * 32, 1000).astype(np.float32)).view(-1, 3, 32, 32)
    labels = torch.arange(EXAMPLES) * 3 % 10

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/whole.onnx"
        torch.onnx.export(
            model, (x,), path, dynamo=False, opset_version=17, input_names=["x"],
            dynamic_axes={"x": {0: "N"}}, do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,
        )
        whole = onnx.load(path)
    for tensor in whole.graph.initializer:
        assert tensor.name in made, tensor.name
        length = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", tensor.name), ("offset", "0"), ("length", str(length))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    with open(f"{HERE}/../golden/onnx/resnet18.onnx", "wb") as file:
        file.write(whole.SerializeToString())

    model.double()
    parameters = dict(model.named_parameters())
    logits = model(x.double())
    loss = functional.cross_entropy(logits, labels)
    gradient = torch.autograd.grad(loss, parameters.values(), create_graph=True)

    def product(vector):
        inner = sum((g * v).sum() for g, v in zip(gradient, vector))
        return torch.autograd.grad(inner, parameters.values(), retain_graph=True)

    vector = [
        torch.from_numpy(uniform(p.numel(), 500 + made[name]["number"])).view(p.shape)
        for name, p in parameters.items()
    ]
    hv = product(vector)

    def dot(a, b):
        return sum((p * q).sum() for p, q in zip(a, b)).item()

    def entries(parts):
        return {name: part.reshape(-1)[: 3].tolist() for name, part in zip(parameters, parts)}

    record = {
        "examples": EXAMPLES,
        "dimension": sum(p.numel() for p in parameters.values()),
        "labels": labels.tolist(),
        "tensors": made,
        "logits": logits.reshape(-1).tolist(),
        "loss": loss.item(),
        "gradientNorm": dot(gradient, gradient) ** 0.5,
        "gradient": entries([g.detach() for g in gradient]),
        "productNorm": dot(hv, hv) ** 0.5,
        "curvature": dot(vector, hv),
        "product": entries(hv),
    }
    path = f"{HERE}/resnet18_torch.json"
    with open(path, "w") as file:
        file.write(json.dumps(record) + "\n")
    print("logits", logits[0].tolist(), "loss", loss.item(), flush=True)

    # Lanczos with all vectors kept and made orthogonal twice; it ends when the residual of the largest
    # Ritz value, |beta| times the last entry of its vector, is below 1e-6 of it.
    names = list(parameters)
    sizes = [parameters[name].numel() for name in names]
    flat = lambda parts: torch.cat([part.detach().reshape(-1) for part in parts])
    split = lambda u: [part.view(parameters[name].shape) for name, part in zip(names, u.split(sizes))]
    basis, alphas, betas = [flat(vector) / dot(vector, vector) ** 0.5], [], []
    for step in range(40):
        w = flat(product(split(basis[-1])))
        alphas.append((basis[-1] @ w).item())
        for _ in range(2):
            for q in basis:
                w -= (q @ w) * q
        betas.append(w.norm().item())
        tridiagonal = np.diag(alphas) + np.diag(betas[:-1], 1) + np.diag(betas[:-1], -1)
        values, vectors = np.linalg.eigh(tridiagonal)
        value, residual = values[-1], betas[-1] * abs(vectors[-1, -1])
        print(step, value, residual, flush=True)
        if residual < 1e-6 * abs(value):
            break
        basis.append(w / betas[-1])
    record["largestEigenvalue"] = {"value": value, "residual": residual, "steps": step + 1}
    with open(path, "w") as file:
        file.write(json.dumps(record) + "\n")


main()
