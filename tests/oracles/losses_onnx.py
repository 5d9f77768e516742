"""Small models by each loss as PyTorch exports them to ONNX, with f and its derivatives.

    python losses_onnx.py ../golden/onnx

writes NAME.onnx and losses.json. f is sum w_i l_i / sum w_i, with l_i the mean of an example's own
losses, or the loss of a position. g = grad f, H its Hessian, whole and in double precision; what is
stored of them does not depend on the order of the weights. Made with torch 2.13, onnx 1.23.2.
"""

import json
import os
import sys
import warnings

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional

warnings.filterwarnings("ignore")
OUT = sys.argv[1]
COUNT = 6


def squared_error(output, target):
    return functional.mse_loss(output, target, reduction="none").flatten(1).mean(dim=1)


def binary(output, target):
    return functional.binary_cross_entropy(output, target, reduction="none").flatten(1).mean(dim=1)


def likelihood(output, target):
    return functional.nll_loss(output, target, reduction="none")


def by_position(output, target):
    return functional.cross_entropy(output.transpose(1, 2), target, reduction="none")


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(7, 4)
        self.head = nn.Linear(4, 7)

    def forward(self, x):
        return self.head(torch.tanh(self.tokens(x)))


class Decoder(nn.Module):
    """Transposed convolutions with odd strides, padding, groups and dilation, on images and lines."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, 2, 1)
        self.up = nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=(0, 1), groups=2)
        self.odd = nn.ConvTranspose2d(4, 2, (2, 3), (1, 2), (1, 2), dilation=(2, 1), bias=False)
        self.line = nn.ConvTranspose1d(2, 1, 3, 2, 1)

    def forward(self, x):
        y = torch.tanh(self.odd(torch.tanh(self.up(torch.tanh(self.down(x))))))
        return self.line(y.flatten(2))


class Mixer(nn.Module):
    """Attention and a bilinear form by Einstein's convention."""

    def __init__(self):
        super().__init__()
        self.q = nn.Parameter(torch.randn(4, 2, 3))
        self.k = nn.Parameter(torch.randn(4, 2, 3))
        self.v = nn.Parameter(torch.randn(4, 2, 3))
        self.pairs = nn.Parameter(torch.randn(2, 3, 3))

    def forward(self, x):
        q, k, v = (torch.einsum("ntc,chd->nhtd", x, each) for each in (self.q, self.k, self.v))
        scores = torch.softmax(torch.einsum("nhtd,nhsd->nhts", q, k), dim=-1)
        y = torch.einsum("nhts,nhsd->nthd", scores, v)
        form = torch.einsum("nthd,hde,nthe->nth", y, self.pairs, y)
        return torch.einsum("...h->...", form) + torch.einsum("hdd->", self.pairs)


CASES = {
    "regressor": (
        lambda: nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)), (4,), (3,), squared_error,
    ),
    "denoiser": (
        lambda: nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.Tanh(), nn.Conv2d(3, 1, 3, padding=1)),
        (1, 5, 4), (1, 5, 4), squared_error,
    ),
    "tagger": (
        lambda: nn.Sequential(nn.Linear(4, 5), nn.ELU(), nn.Linear(5, 3), nn.Sigmoid()), (4,), (3,), binary,
    ),
    "classifier": (
        lambda: nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), nn.LogSoftmax(1)), (4,), (),
        likelihood,
    ),
    "reader": (Reader, (5,), (5,), by_position),
    "decoder": (Decoder, (1, 5, 4), (1, 49), squared_error),
    "mixer": (Mixer, (3, 4), (3,), squared_error),
}


def targets_of(name, shape):
    if name == "tagger":
        # Some hard, some soft.
        return torch.randint(0, 5, (COUNT, *shape)) / 4
    if name in ("classifier", "reader"):
        return torch.randint(0, 7 if name == "reader" else 3, (COUNT, *shape))
    return torch.randn(COUNT, *shape)


def measured(model, x, targets, losses, weights):
    parameters = {key: value.detach() for key, value in model.named_parameters()}
    sizes = [value.numel() for value in parameters.values()]

    def f(flat):
        parts = zip(parameters.items(), flat.split(sizes))
        output = functional_call(model, {key: part.view(value.shape) for (key, value), part in parts}, x)
        return (weights * losses(output, targets)).sum() / weights.sum()

    flat = torch.cat([value.reshape(-1) for value in parameters.values()])
    g = torch.func.grad(f)(flat)
    hessian = torch.func.hessian(f)(flat)
    return {
        "weights": weights.reshape(-1).tolist(),
        "loss": f(flat).item(),
        "gradientNorm": g.norm().item(),
        "productNorm": (hessian @ g).norm().item(),
        "curvature": (g @ hessian @ g).item(),
        "trace": hessian.trace().item(),
        "largestEigenvalue": torch.linalg.eigvalsh(hessian)[-1].item(),
    }


def determination(output, targets, weights):
    rows, wanted, share = output.flatten(1), targets.flatten(1), weights[:, None]
    mean = (share * wanted).sum(dim=0) / weights.sum()
    return (1 - (share * (rows - wanted) ** 2).sum() / (share * (wanted - mean) ** 2).sum()).item()


def main():
    os.makedirs(OUT, exist_ok=True)
    record = {}
    for number, (name, (make, shape, target_shape, losses)) in enumerate(CASES.items()):
        torch.manual_seed(20 + number)
        model = make().eval()
        x = torch.randint(0, 7, (COUNT, *shape)) if name == "reader" else torch.randn(COUNT, *shape)
        targets = targets_of(name, target_shape)
        torch.onnx.export(
            model, (x,), f"{OUT}/{name}.onnx", dynamo=False, opset_version=17, input_names=["x"],
            dynamic_axes={"x": {0: "N"}},
        )
        model.double()
        if name != "reader":
            x = x.double()
        if targets.is_floating_point():
            targets = targets.double()
        # Quarters, some of them 0, as padding has it.
        per = (COUNT, *target_shape) if name == "reader" else (COUNT,)
        weights = torch.randint(0, 9, per).double() / 4
        output = model(x).detach()
        record[name] = {
            "shape": shape,
            "targetShape": target_shape,
            "x": x.reshape(-1).tolist(),
            "targets": targets.reshape(-1).tolist(),
            "output": output.reshape(-1).tolist(),
            "outputShape": output.shape[1:],
            "alike": measured(model, x, targets, losses, torch.ones(per, dtype=torch.double)),
            "weighted": measured(model, x, targets, losses, weights),
        }
        if losses is squared_error:
            ones = torch.ones(COUNT, dtype=torch.double)
            record[name]["alike"]["determination"] = determination(output, targets, ones)
            record[name]["weighted"]["determination"] = determination(output, targets, weights)
    with open(f"{OUT}/losses.json", "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")


main()
