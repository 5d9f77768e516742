"""Writes tests/golden/torch_{dense,conv}.safetensors, torch_images.safetensors and measure_torch.json.

Two small networks as PyTorch keeps them, images to measure them on, and what PyTorch says of them in
float64: f, the gradient's norm, and of the first the eigenvalues of its Hessian.
pip install torch safetensors
"""
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

here = Path(__file__).parent
golden = here.parent / "golden"
torch.manual_seed(0)
COUNT, HEIGHT, WIDTH, CHANNELS, CLASSES = 60, 3, 4, 2, 3

random = np.random.default_rng(0)
labels = np.arange(COUNT, dtype=np.uint8) % CLASSES
images = random.integers(0, 200, (COUNT, HEIGHT, WIDTH, CHANNELS), dtype=np.uint8)
images[np.arange(COUNT), labels, 0, 0] += 50
save_file(
    {"images": images, "labels": labels},
    golden / "torch_images.safetensors",
    metadata={"name": "noise", "source": "measure_torch.py", "classes": "3", "scale": "1/255"},
)
# PyTorch's images are [channels, height, width].
x = torch.tensor(images).permute(0, 3, 1, 2).double() / 255
y = torch.tensor(labels).long()


def norm(kind, channels):
    return kind(channels, eps=1e-3)


networks = {
    "dense": nn.Sequential(
        nn.Flatten(),
        nn.Linear(HEIGHT * WIDTH * CHANNELS, 6),
        norm(nn.BatchNorm1d, 6),
        nn.ReLU(),
        nn.Linear(6, 5, bias=False),
        norm(nn.BatchNorm1d, 5),
        nn.ReLU(),
        nn.Linear(5, CLASSES),
    ),
    "conv": nn.Sequential(
        nn.Conv2d(CHANNELS, 4, 3, padding=1),
        norm(nn.BatchNorm2d, 4),
        nn.ReLU(),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(4 * 2 * 2, CLASSES),
    ),
}


def rounded(network):
    """float64 values that are exact in float32, as the file holds them."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(parameter.float().double())


oracle = {}
for name, network in networks.items():
    network.double().train()  # batch statistics, in f too
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        optimiser.step()
    rounded(network)
    state = {k: v.numpy() for k, v in network.state_dict().items()}
    save_file(
        {k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in state.items()},
        golden / f"torch_{name}.safetensors",
    )
    network.eval()  # at once: in training every pass moves the running statistics
    evaluated = nn.functional.cross_entropy(network(x), y).item()
    network.train()
    parameters = dict(network.named_parameters())
    names, shapes = list(parameters), [p.shape for p in parameters.values()]
    flat = torch.cat([p.detach().reshape(-1) for p in parameters.values()])

    def loss(vector):
        parts = torch.split(vector, [s.numel() for s in shapes])
        values = {n: p.reshape(s) for n, p, s in zip(names, parts, shapes)}
        logits = torch.func.functional_call(network, values, (x,))
        return nn.functional.cross_entropy(logits, y)

    flat.requires_grad_()
    value = loss(flat)
    (gradient,) = torch.autograd.grad(value, flat)
    hits = (network(x).argmax(1) == y).double().mean()
    oracle[name] = {
        "loss": value.item(),
        "lossInEvaluation": evaluated,
        "accuracy": hits.item(),
        "gradientNorm": gradient.norm().item(),
        "dimension": flat.numel(),
    }
    if name == "dense":
        hessian = torch.autograd.functional.hessian(loss, flat.detach())
        eigenvalues = torch.linalg.eigvalsh(hessian)
        oracle[name]["trace"] = hessian.trace().item()
        oracle[name]["eigenvalues"] = eigenvalues[-3:].tolist()
        oracle[name]["curvatureOfGradient"] = (gradient @ hessian @ gradient).item()

(here / "measure_torch.json").write_text(json.dumps({"torch": torch.__version__, **oracle}, indent=1) + "\n")
