"""Writes networks_torch.json: loss, gradient and Hessian-vector product of small C1s and C2s by PyTorch.

Images are [N, H, W, C] and kernels [height, width, in, out], as in the networks under test; `same`
padding puts the odd row and column at the end. Normalisation has eps 1e-3. All in float64. Where a
network drops units, the masks are drawn here by Philox-4x32-10 (Salmon et al. 2011).

Inputs, weights and v are multiples of a power of two, which float32 holds exactly. The seed is the
first one at which no ReLU is within MARGIN of its kink and no maximum within MARGIN of the next
entry of its window, so that rounding in float32 cannot change which way a derivative goes.

    pip install numpy==2.4.6 torch==2.13.0 && python3 tests/oracles/networks_torch.py
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

EPSILON = 1e-3
MARGIN = 1e-4
KEY = (2017, 4)
CLASSES = 3

HIDDEN = [["norm"], ["relu"]]
POOL3 = [["pool", 3, 2]]


def shallow(stride=1, rate=0.0):
    """C1 in small: 2 x (conv 5x5, pool 3x3/2), then dense layers, which drop units at `rate`."""
    convs = [layer for _ in range(2) for layer in [["conv", 3, 5, stride], *HIDDEN, *POOL3]]
    return [*convs, ["dense", 6], *HIDDEN, ["dropout", rate], ["dense", CLASSES]]


def deep():
    """C2 in small: 2 x (two conv 3x3, pool 2x2), then dense layers."""
    blocks = [
        layer
        for filters in (3, 4)
        for layer in [["conv", filters, 3, 1], *HIDDEN, ["conv", filters, 3, 1], *HIDDEN, ["pool", 2, 2]]
    ]
    return [*blocks, ["dense", 6], *HIDDEN, ["dense", CLASSES]]


FAMILIES = {
    "C1": (shallow(), ["batch", "layer", {"ghost": 4}]),
    "C1 strided": (shallow(stride=2), ["batch"]),
    "C1 with dropout": (shallow(rate=0.25), ["batch"]),
    "C2": (deep(), ["batch", "layer", {"ghost": 4}]),
}
EXAMPLES, EXTENT, CHANNELS = 8, 8, 2


def draw(rng, shape, size, bits, centre=0.0):
    """Normal entries, rounded to multiples of 2^-bits."""
    entries = np.round((centre + size * rng.standard_normal(shape)) * 2**bits) / 2**bits
    return torch.tensor(entries, dtype=torch.float64)


def philox(counter, key):
    """Four words for a counter of four words and a key of two."""
    mask = 0xFFFFFFFF
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = (
            (second >> 32) ^ counter[1] ^ key[0],
            second & mask,
            (first >> 32) ^ counter[3] ^ key[1],
            first & mask,
        )
        key = ((key[0] + 0x9E3779B9) & mask, (key[1] + 0xBB67AE85) & mask)
    return counter


def keep_mask(index, shape, keep):
    """Ones where the low 23 bits of a word are below `keep`, for the dropout layer of this index."""
    count = int(np.prod(shape))
    words = [word for i in range(-(-count // 4)) for word in philox((i, 0, index, 0), KEY)]
    kept = [float((word & 0x7FFFFF) < keep * 2**23) for word in words[:count]]
    return torch.tensor(kept, dtype=torch.float64).reshape(shape)


def padded(h, window, stride, filler):
    """h [N, C, H, W] with `same` padding."""
    margins = []
    for extent in (h.shape[3], h.shape[2]):
        positions = -(-extent // stride)
        total = max((positions - 1) * stride + window - extent, 0)
        margins += [total // 2, total - total // 2]
    return F.pad(h, margins, value=filler)


def normalised(h, gamma, beta, over):
    if over == "layer":  # all units of the example, with a scale and an offset a channel
        return F.group_norm(h, 1, gamma, beta, eps=EPSILON)
    parts = [h] if over == "batch" else h.split(over["ghost"])
    return torch.cat(
        [F.batch_norm(p, None, None, gamma, beta, training=True, eps=EPSILON) for p in parts]
    )


class TooClose(Exception):
    pass


def check_margin(gaps):
    if gaps.numel() > 0 and gaps.min() < MARGIN:
        raise TooClose


def forward(x, layers, over, parameter):
    """Logits; `parameter(name, shape)` gives the weights in the order of their use."""
    h, count = x.permute(0, 3, 1, 2), {}
    for kind, *options in layers:
        count[kind] = count.get(kind, 0) + 1
        name = f"{kind}{count[kind]}"
        if kind == "conv":
            filters, size, stride = options
            kernel = parameter(f"{name}/kernel", [size, size, h.shape[1], filters])
            bias = parameter(f"{name}/bias", [filters])
            h = F.conv2d(padded(h, size, stride, 0.0), kernel.permute(3, 2, 0, 1), bias, stride)
        elif kind == "dense":
            flat = h.permute(0, 2, 3, 1).flatten(1) if h.dim() == 4 else h
            kernel = parameter(f"{name}/kernel", [flat.shape[1], *options])
            h = flat @ kernel + parameter(f"{name}/bias", options)
        elif kind == "norm":
            gamma = parameter(f"{name}/gamma", [h.shape[1]])
            h = normalised(h, gamma, parameter(f"{name}/beta", [h.shape[1]]), over)
        elif kind == "relu":
            check_margin(h.abs())
            h = F.relu(h)
        elif kind == "pool":
            window, stride = options
            wide = padded(h, window, stride, -torch.inf)
            seen = wide.unfold(2, window, stride).unfold(3, window, stride).flatten(4)
            first, second = seen.topk(2).values.unbind(-1)
            check_margin((first - second)[first > 0])  # among zeros ReLU stops every derivative
            h = F.max_pool2d(wide, window, stride)
        elif kind == "dropout" and options[0] > 0:
            keep = 1 - options[0]
            h = h * keep_mask(count[kind] - 1, h.shape, keep) / keep
    return h


def drawn_weights(rng, x, layers):
    """Weights at which every layer does something: kernels of fan-in scale, gamma about 1."""
    weights = {}

    def parameter(name, shape):
        size = np.prod(shape[:-1]) ** -0.5 if name.endswith("kernel") else 0.3
        centre = 1.0 if name.endswith("gamma") else 0.0
        weights[name] = draw(rng, shape, size, 7, centre)
        return weights[name]

    try:
        forward(x, layers, "batch", parameter)
    except TooClose:
        return None
    return weights


def text(tensor):
    """Entries in row-major order, apart by spaces: a tensor on one line of the file."""
    return " ".join(f"{entry:.10g}" for entry in tensor.detach().flatten().tolist())


def flat(weights, tensors):
    return {name: text(tensor) for name, tensor in zip(weights, tensors)}


def measured(x, labels, layers, over, weights, v):
    """f, its gradient and Hv."""
    leaves = [weight.clone().requires_grad_() for weight in weights.values()]
    values = dict(zip(weights, leaves))
    logits = forward(x, layers, over, lambda name, _: values[name])
    f = F.cross_entropy(logits, labels)
    gradient = torch.autograd.grad(f, leaves, create_graph=True)
    slope = sum((g * t).sum() for g, t in zip(gradient, v.values()))
    product = torch.autograd.grad(slope, leaves)
    return {
        "normalisation": over,
        "loss": f.item(),
        "gradient": flat(weights, gradient),
        "product": flat(weights, product),
    }


def family(x, labels, layers, normalisations):
    for seed in itertools.count():
        rng = np.random.default_rng(seed)
        weights = drawn_weights(rng, x, layers)
        if weights is None:
            continue
        v = {name: draw(rng, weight.shape, 1.0, 5) for name, weight in weights.items()}
        try:
            cases = [measured(x, labels, layers, over, weights, v) for over in normalisations]
        except TooClose:
            continue
        return {
            "layers": layers,
            "seed": seed,
            "weights": flat(weights, weights.values()),
            "v": flat(v, v.values()),
            "cases": cases,
        }


rng = np.random.default_rng(20170419)
x = draw(rng, (EXAMPLES, EXTENT, EXTENT, CHANNELS), 1.0, 8)
labels = torch.tensor(rng.integers(0, CLASSES, EXAMPLES))
result = {
    "torch": torch.__version__,
    "inputShape": [EXTENT, EXTENT, CHANNELS],
    "key": KEY,
    "x": text(x),
    "labels": text(labels),
    "families": {name: family(x, labels, *options) for name, options in FAMILIES.items()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
