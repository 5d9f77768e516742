"""Small models of seven kinds as PyTorch exports them to ONNX, with f, logits and derivatives.

    python export_onnx.py ../golden/onnx

writes NAME.onnx and onnx.json. What is stored of the derivatives does not depend on the order of the
weights, which exporters change: the norms of g = grad f and of Hg, g.Hg, and the largest eigenvalue
of H, all in double precision. Made with torch 2.13, onnx 1.23.2, onnxscript 0.7.2.
"""

import json
import os
import sys
import warnings

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
OUT = sys.argv[1]
torch.set_num_threads(1)


class Block(nn.Module):
    """Of ResNet-20 (He et al. 2016): identity shortcuts, or a convolution of one pixel."""

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


def resnet():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, 1, 1, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        Block(4, 4, 1),
        Block(4, 8, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 3),
    )


class Squeeze(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, width):
        super().__init__()
        self.down = nn.Conv2d(width, 2, 1)
        self.up = nn.Conv2d(2, width, 1)
        self.gate = nn.Hardsigmoid()

    def forward(self, x):
        y = functional.adaptive_avg_pool2d(x, 1)
        return x * self.gate(self.up(functional.relu(self.down(y))))


class Gate(nn.Module):
    """The hard sigmoid, or x times it, by ReLU6: PyTorch has no second derivatives of its own."""

    def __init__(self, swish):
        super().__init__()
        self.swish = swish

    def forward(self, x):
        return functional.relu6(x + 3) / 6 * (x if self.swish else 1)


def with_second_derivatives(module):
    for name, child in module.named_children():
        if isinstance(child, (nn.Hardswish, nn.Hardsigmoid)):
            setattr(module, name, Gate(isinstance(child, nn.Hardswish)))
        else:
            with_second_derivatives(child)


def mobilenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1, bias=False),
        nn.BatchNorm2d(6),
        nn.ReLU6(),
        nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False),
        nn.BatchNorm2d(6),
        nn.Hardswish(),
        Squeeze(6),
        nn.Conv2d(6, 8, 3, 1, 2, dilation=2, groups=2),
        nn.SiLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 3),
    )


def vgg():
    layers, width = [], 3
    for out in (4, 6):
        layers += [nn.Conv2d(width, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        width = out
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(6 * 2 * 2, 5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 3, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(3, 4, 3),
        nn.Sigmoid(),
        nn.MaxPool2d(3, 2, 1),
        nn.Flatten(),
        nn.Linear(4 * 2 * 2, 6),
        nn.ELU(),
        nn.Linear(6, 4),
    )


class Attention(nn.Module):
    def __init__(self, width, heads, causal, positions):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.heads = heads
        mask = torch.tril(torch.ones(positions, positions)).bool() if causal else None
        self.register_buffer("mask", mask)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(x).split(c, dim=2)
        q, k, v = (y.view(n, t, self.heads, c // self.heads).transpose(1, 2) for y in (q, k, v))
        scores = q @ k.transpose(-2, -1) / (c // self.heads) ** 0.5
        if self.mask is not None:
            scores = scores.masked_fill(~self.mask[:t, :t], float("-inf"))
        y = functional.softmax(scores, dim=-1) @ v
        return self.out(y.transpose(1, 2).reshape(n, t, c))


class Layer(nn.Module):
    def __init__(self, width, heads, causal, positions):
        super().__init__()
        self.ln1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads, causal, positions)
        self.ln2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.positions = nn.Parameter(torch.randn(1, 5, 8))
        self.layers = nn.Sequential(*(Layer(8, 2, False, 5) for _ in range(2)))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        y = self.patches(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(y.shape[0], -1, -1), y], dim=1) + self.positions
        return self.head(self.norm(self.layers(y))[:, 0])


class GPT(nn.Module):
    def __init__(self, tied=False):
        super().__init__()
        self.tokens = nn.Embedding(7, 8)
        self.places = nn.Embedding(5, 8)
        self.layers = nn.Sequential(*(Layer(8, 2, True, 5) for _ in range(2)))
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 7, bias=False)
        if tied:
            self.head.weight = self.tokens.weight

    def forward(self, x):
        y = self.tokens(x) + self.places(torch.arange(x.shape[1]))
        return self.head(self.norm(self.layers(y)))


class Pooled(nn.Module):
    """What the others lack: odd strides, pools with padding, group and instance norm, 1-D axes."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, (3, 2), (2, 1), (1, 0))
        self.group = nn.GroupNorm(2, 4)
        self.instance = nn.InstanceNorm2d(4, affine=True)
        self.line = nn.Conv1d(4, 5, 3, padding=1)
        self.prelu = nn.PReLU(5)
        self.head = nn.Linear(5, 1)

    def forward(self, x):
        y = functional.leaky_relu(self.group(self.conv(x)), 0.1)
        y = functional.avg_pool2d(y, 3, 2, 1, count_include_pad=False)
        y = functional.softplus(self.instance(y)) + functional.avg_pool2d(functional.selu(y), 3, 1, 1)
        y = self.prelu(self.line(y.flatten(2)))
        return torch.sigmoid(self.head(y.mean(dim=2)))




CASES = {
    "mlp": (lambda: nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3), nn.LogSoftmax(1)), (5,), 3),
    "lenet": (lenet, (1, 12, 12), 4),
    "vgg": (vgg, (3, 8, 8), 3),
    "resnet": (resnet, (3, 8, 8), 3),
    "mobilenet": (mobilenet, (3, 9, 9), 3),
    "vit": (ViT, (3, 8, 8), 3),
    "gpt": (GPT, (5,), 7),
    "gpt_tied": (lambda: GPT(True), (5,), 7),
    "pooled": (Pooled, (2, 7, 6), 2),
}
DYNAMO = ["resnet", "vit", "gpt", "pooled"]
COUNT = 6


def loss_of(output, labels, name):
    if name == "mlp":
        return functional.nll_loss(output, labels)
    if name == "pooled":
        return functional.binary_cross_entropy(output[:, 0], labels.to(output.dtype))
    if name.startswith("gpt"):
        return functional.cross_entropy(output.reshape(-1, 7), labels.reshape(-1))
    return functional.cross_entropy(output, labels)


def derivatives(model, x, labels, name):
    parameters = list(model.parameters())
    loss = loss_of(model(x), labels, name)
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)

    def product(vector):
        inner = sum((g * v).sum() for g, v in zip(gradient, vector))
        return torch.autograd.grad(inner, parameters, retain_graph=True)

    def dot(a, b):
        return sum((p * q).sum() for p, q in zip(a, b)).item()

    g = [each.detach() for each in gradient]
    hg = product(g)
    # The largest eigenvalue by the Lanczos process with all vectors kept, to 60 steps.
    n = sum(p.numel() for p in parameters)
    flat = lambda parts: torch.cat([p.reshape(-1) for p in parts])
    split = lambda v: [
        part.view(p.shape) for part, p in zip(v.split([p.numel() for p in parameters]), parameters)
    ]
    generator = torch.Generator().manual_seed(1)
    basis = [torch.randn(n, generator=generator, dtype=torch.double)]
    basis[0] /= basis[0].norm()
    for _ in range(min(n, 60)):
        w = flat(product(split(basis[-1])))
        for _ in range(2):
            for q in basis:
                w = w - (q @ w) * q
        if w.norm() < 1e-12:
            break
        basis.append(w / w.norm())
    q = torch.stack(basis)
    t = torch.stack([flat(product(split(v))) for v in q]) @ q.T
    return {
        "loss": loss.item(),
        "gradientNorm": dot(g, g) ** 0.5,
        "productNorm": dot(hg, hg) ** 0.5,
        "curvature": dot(g, hg),
        "largestEigenvalue": torch.linalg.eigvalsh((t + t.T) / 2)[-1].item(),
        "dimension": n,
    }


def without_traces(model):
    """Without what the exporter notes of Python's stack, which has paths of this machine."""
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        del graph.metadata_props[:]
        for node in graph.node:
            del node.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        del value.metadata_props[:]
    return model


def export(model, x, name, path, dynamo, opset):
    if dynamo:
        torch.onnx.export(
            model, (x,), path, dynamo=True, opset_version=opset, external_data=False, verbose=False,
            dynamic_shapes=({0: torch.export.Dim("N")},), optimize=name != "resnet",
        )
        onnx.save(without_traces(onnx.load(path)), path)
        return
    torch.onnx.export(
        model, (x,), path, dynamo=False, opset_version=opset, input_names=["x"],
        dynamic_axes={"x": {0: "N"}}, do_constant_folding=name != "gpt_tied",
        # By default it would fold batch norm into the convolutions, whose weights x then has.
        training=torch.onnx.TrainingMode.PRESERVE,
    )


def main():
    os.makedirs(OUT, exist_ok=True)
    record = {}
    for number, (name, (make, shape, classes)) in enumerate(CASES.items()):
        torch.manual_seed(number)
        model = make()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_(0, 0.2)
            elif isinstance(module, (nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)):
                # Exporters make one tensor of equal ones.
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_(0, 0.2)
        model.eval()
        tokens = name.startswith("gpt")
        x = torch.randint(0, 7, (COUNT, *shape)) if tokens else torch.randn(COUNT, *shape)
        labels = torch.randint(0, classes, (COUNT, *shape) if tokens else (COUNT,))
        export(model, x, name, f"{OUT}/{name}.onnx", False, 14 + number % 4)
        if name in DYNAMO:
            export(model, x, name, f"{OUT}/{name}_dynamo.onnx", True, 18 + number % 4)
        with_second_derivatives(model)
        model.double()
        xd = x if tokens else x.double()
        record[name] = {
            "shape": shape,
            "classes": classes,
            "x": [round(v, 8) for v in x.reshape(-1).tolist()],
            "labels": labels.reshape(-1).tolist(),
            "output": model(xd).detach().reshape(-1).tolist(),
            **derivatives(model, xd, labels, name),
        }
    with open(f"{OUT}/onnx.json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")


main()
