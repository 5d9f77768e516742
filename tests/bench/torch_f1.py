"""Peer of f1.ts: PyTorch's F1 training step at batch 256, with fused ADAM. One round per line."""
import json
import os
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
torch.manual_seed(1)
BATCH, STEPS = 256, 20

layers, width = [], 784
for _ in range(5):
    layers += [nn.Linear(width, 512), nn.BatchNorm1d(512, eps=1e-3), nn.ReLU()]
    width = 512
model = nn.Sequential(*layers, nn.Linear(width, 10))
examples, labels = torch.rand(BATCH, 784), torch.arange(BATCH) % 10
optimisers = {
    "step, fused ADAM": torch.optim.Adam(model.parameters(), lr=1e-3, fused=True),
    "step, foreach ADAM": torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True),
}
loss_of = nn.CrossEntropyLoss()


def step(optimiser):
    optimiser.zero_grad(set_to_none=True)
    loss = loss_of(model(examples), labels)
    loss.backward()
    optimiser.step()
    return loss.item()


print(f"PyTorch {torch.__version__}", flush=True)
for _ in sys.stdin:
    result = {}
    for name, optimiser in optimisers.items():
        times = []
        for _ in range(STEPS):
            start = time.perf_counter()
            step(optimiser)
            times.append(1e3 * (time.perf_counter() - start))
        result[name] = sorted(times)[STEPS // 2]
    print(json.dumps(result), flush=True)
