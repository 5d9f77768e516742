"""Parts of the default study as a good script has them, PyTorch for f and SciPy for L-BFGS-B:
torch_study.py FOLDER COUNT CHUNK; prints {part: {seconds, processor}} as JSON, and its versions first.

The tuned choices: fused ADAM, all threads, float64 only where SciPy needs it, gradients straight into
one flat buffer, Hv by double backward, its first backward shared by all vectors.
"""
import json
import os
import resource
import sys
import time

import numpy as np
import scipy
import torch
from scipy.optimize import fmin_l_bfgs_b
from torch import nn

folder, count, chunk = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
torch.manual_seed(1)
examples = torch.from_numpy(np.fromfile(f"{folder}/features", np.float32)).reshape(count, 784)
labels = torch.from_numpy(np.fromfile(f"{folder}/labels", np.int32).astype(np.int64))

layers, width = [], 784
for _ in range(5):
    layers += [nn.Linear(width, 512), nn.BatchNorm1d(512, eps=1e-3, momentum=None), nn.ReLU()]
    width = 512
model = nn.Sequential(*layers, nn.Linear(512, 10))
mean_loss, total_loss = nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum")
parameters = list(model.parameters())
n = sum(p.numel() for p in parameters)
flat = torch.empty(n)
flat_gradient = torch.zeros(n)
at = 0
for p in parameters:  # Parameters and gradients become views of one buffer each.
    flat[at : at + p.numel()] = p.data.reshape(-1)
    p.data = flat[at : at + p.numel()].view_as(p)
    p.grad = flat_gradient[at : at + p.numel()].view_as(p)
    at += p.numel()


def train(batch, epochs):
    optimiser = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    for _ in range(epochs):
        order = torch.randperm(count)
        for first in range(0, count, batch):
            rows = order[first : first + batch]
            flat_gradient.zero_()
            mean_loss(model(examples[rows]), labels[rows]).backward()
            optimiser.step()


def evaluate(x):
    """f and its gradient, float64, at a float64 point."""
    flat.copy_(torch.from_numpy(x))
    flat_gradient.zero_()
    total = 0.0
    for first in range(0, count, chunk):
        loss = total_loss(model(examples[first : first + chunk]), labels[first : first + chunk])
        loss.backward()
        total += loss.item()
    return total / count, flat_gradient.double().numpy() / count


def full_space(x, epsilon, iterations):
    half = epsilon * (np.abs(x) + 1)
    _, slope = evaluate(x)

    def negated(y):
        value, gradient = evaluate(x + y)
        return -value, -gradient

    bounds = np.stack([-half, half], axis=1)
    start = half * np.sign(slope)
    fmin_l_bfgs_b(negated, start, bounds=bounds, factr=0, pgtol=0, maxiter=iterations)


def subspace(x, epsilon, iterations, dimension):
    a = torch.randn(n, dimension)
    gram = (a.T @ a).double()
    coordinates = torch.linalg.solve(gram, (a.T @ torch.from_numpy(x).float()).double()).numpy()
    half = epsilon * (np.abs(coordinates) + 1)

    def negated(y):
        way = (a @ torch.from_numpy(y).float()).double().numpy()
        value, gradient = evaluate(x + way)
        return -value, -(a.T @ torch.from_numpy(gradient).float()).double().numpy()

    bounds = np.stack([-half, half], axis=1)
    fmin_l_bfgs_b(
        negated, np.zeros(dimension), bounds=bounds, factr=0, pgtol=0, maxiter=iterations
    )


def products(vectors):
    """Hv of several vectors at the present point, chunk by chunk."""
    views = [[v[s : s + p.numel()].view_as(p) for s, p in zip(starts, parameters)] for v in vectors]
    results = [torch.zeros(n) for _ in vectors]
    for first in range(0, count, chunk):
        loss = total_loss(model(examples[first : first + chunk]), labels[first : first + chunk])
        gradients = torch.autograd.grad(loss, parameters, create_graph=True)
        for view, result in zip(views, results):
            parts = torch.autograd.grad(gradients, parameters, view, retain_graph=True)
            result += torch.cat([part.reshape(-1) for part in parts])
    return [result / count for result in results]


starts = np.cumsum([0] + [p.numel() for p in parameters])


def spectrum(steps):
    """λ_max by Lanczos' recursion, one product a step, basis kept and orthogonalised."""
    v = torch.randn(n)
    basis = [v / v.norm()]
    for _ in range(steps):
        (w,) = products([basis[-1]])
        for _ in range(2):
            q = torch.stack(basis)
            w -= q.T @ (q @ w)
        basis.append(w / w.norm())


def timed(run):
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    run()
    ended, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    processor = spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime
    return {"seconds": ended - began, "processor": processor}


print(f"PyTorch {torch.__version__} and SciPy {scipy.__version__}", flush=True)
found = {
    "training": timed(lambda: (train(256, 1), train(count // 10, 2))),
}
x = flat.double().numpy()
found["sharpness"] = timed(lambda: full_space(x, 1e-3, 10))
found["subspace"] = timed(lambda: subspace(x, 1e-3, 10, 100))
flat.copy_(torch.from_numpy(x))
found["eigenvalues"] = timed(lambda: spectrum(4))
found["trace"] = timed(lambda: products([torch.randint(0, 2, (n,)) * 2.0 - 1 for _ in range(4)]))
print(json.dumps(found))
