"""Writes criteria_torch.json: the gradients that training criteria descend, by PyTorch.

The network is 5-6-4-3: dense, batch norm with the batch's own statistics (eps 1e-3), tanh, twice;
then dense and the mean softmax cross-entropy of 8 examples in [0, 1]. All in float64. The noise of
stability training is Box and Muller's, from Philox-4x32-10 (Salmon et al. 2011) written out here.

    pip install numpy==2.4.6 torch==2.13.0 && python3 tests/oracles/criteria_torch.py
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

WIDTHS = [5, 6, 4, 3]
EXAMPLES = 8
KEY = (11, 3)
NOISE_DRAW = 0x10000
ADVERSARIAL = {"epsilon": 0.1, "share": 0.25}
STABILITY = {"deviation": 0.3, "weight": 0.7}
SAM = {"rho": 0.05}
ASAM = {"rho": 0.5, "eta": 0.01}

rng = np.random.default_rng(20170420)


def single(entries):
    """Rounded to float32, so that every engine computes from the same numbers."""
    return torch.tensor(np.asarray(entries, dtype=np.float32), dtype=torch.float64)


x = single(rng.uniform(size=(EXAMPLES, WIDTHS[0])))
x[0, 0], x[1, 1] = 0.0, 1.0  # so that clipping matters
labels = torch.tensor(rng.integers(0, WIDTHS[-1], EXAMPLES))
weights = []
for layer, (fan_in, fan_out) in enumerate(zip(WIDTHS, WIDTHS[1:])):
    weights.append(single(0.7 * rng.standard_normal((fan_in, fan_out))))
    weights.append(single(0.3 * rng.standard_normal(fan_out)))
    if layer < len(WIDTHS) - 2:
        weights.append(single(1 + 0.3 * rng.standard_normal(fan_out)))
        weights.append(single(0.3 * rng.standard_normal(fan_out)))
weights = [weight.requires_grad_() for weight in weights]


def logits(w, h):
    w = iter(w)
    for layer in range(len(WIDTHS) - 1):
        h = h @ next(w) + next(w)
        if layer < len(WIDTHS) - 2:
            gamma, beta = next(w), next(w)
            h = torch.tanh(F.batch_norm(h, None, None, gamma, beta, training=True, eps=1e-3))
    return h


def loss(w, h):
    return F.cross_entropy(logits(w, h), labels)


def flat(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).tolist()


def philox(counter, key):
    a, b, c, d = counter
    low, high = key
    mask = 0xFFFFFFFF
    for _ in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (second >> 32) ^ b ^ low, second & mask, (first >> 32) ^ d ^ high, first & mask
        low, high = (low + 0x9E3779B9) & mask, (high + 0xBB67AE85) & mask
    return a, b, c, d


def bits(draw, count):
    words = [w for i in range((count + 3) // 4) for w in philox((i, 0, draw, 0), KEY)]
    return [w % 2**23 for w in words[:count]]


plain = torch.autograd.grad(loss(weights, x), weights)

leaf = x.clone().requires_grad_()
(slope,) = torch.autograd.grad(loss(weights, leaf), leaf)
# Where a slope is next to zero its sign would be a matter of rounding.
assert slope.abs().min() > 1e-4 * slope.abs().max(), slope
adverse = (x + ADVERSARIAL["epsilon"] * slope.sign()).clamp(0, 1)
share = ADVERSARIAL["share"]
mixed = (1 - share) * loss(weights, x) + share * loss(weights, adverse)
adversarial = torch.autograd.grad(mixed, weights)

radii = [math.sqrt(-2 * math.log((b + 0.5) / 2**23)) for b in bits(NOISE_DRAW, x.numel())]
turns = [math.cos(2 * math.pi * b / 2**23) for b in bits(NOISE_DRAW + 1, x.numel())]
noise = torch.tensor([r * c for r, c in zip(radii, turns)], dtype=torch.float64).reshape(x.shape)
noisy = logits(weights, x + STABILITY["deviation"] * noise)
divergence = F.kl_div(
    F.log_softmax(noisy, 1), F.log_softmax(logits(weights, x), 1),
    log_target=True, reduction="batchmean",
)
stable = torch.autograd.grad(loss(weights, x) + STABILITY["weight"] * divergence, weights)


def above(rho, scales):
    norm = torch.sqrt(sum(((t * g) ** 2).sum() for t, g in zip(scales, plain)))
    top = [(w + rho * t**2 * g / norm).detach() for w, t, g in zip(weights, scales, plain)]
    top = [w.requires_grad_() for w in top]
    return torch.autograd.grad(loss(top, x), top)


result = {
    "torch": torch.__version__,
    "key": KEY,
    "x": x.flatten().tolist(),
    "labels": labels.tolist(),
    "weights": flat(weights),
    "constants": {"adversarial": ADVERSARIAL, "stability": STABILITY, "sam": SAM, "asam": ASAM},
    "gradients": {
        "plain": flat(plain),
        "adversarial": flat(adversarial),
        "stability": flat(stable),
        "sam": flat(above(SAM["rho"], [torch.ones_like(w) for w in weights])),
        "asam": flat(above(ASAM["rho"], [w.detach().abs() + ASAM["eta"] for w in weights])),
    },
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
