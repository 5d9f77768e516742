"""The default study's parts as a good script has them, PyTorch for f and SciPy for L-BFGS-B:
torch_study.py FOLDER [onednn]. Says its versions, then does one part for each line of stdin.

With `onednn` the products are by an op that PyTorch has for itself: on processors of AMD the library
MKL, which PyTorch's own products are by, does not use all that the processor has, and oneDNN does.

The tuned choices, each the quicker one where tried: fused ADAM with gradients set to none, batch norm
without running averages, float64 only where SciPy needs it, gradients of f straight into one flat
buffer, Lanczos with a basis in float32 and two passes of orthogonalisation, and for Hv whichever of
double backward and forward over reverse takes less time in a trial at the start. Reverse over forward
is no choice: torch 2.13's cross-entropy then gives products that are 5 % off.
"""
import json
import os
import resource
import sys
import time

import numpy as np
import scipy
import torch
from scipy.linalg import eigh, eigh_tridiagonal
from scipy.optimize import fmin_l_bfgs_b
from torch import nn
from torch.func import functional_call, grad, jvp

folder = sys.argv[1]
with open(f"{folder}/sizes.json") as file:
    sizes = json.load(file)
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
chunk = sizes["chunk"]


def read(name, dtype):
    return np.fromfile(f"{folder}/{name}", dtype)


def examples_of(part):
    features = torch.from_numpy(read(f"{part}.features", np.float32)).reshape(-1, 784)
    return features, torch.from_numpy(read(f"{part}.labels", np.int32).astype(np.int64))


training, testing = examples_of("train"), examples_of("test")
examples, labels = training
count = len(labels)

class Product(torch.autograd.Function):
    """a bᵀ by oneDNN, with derivatives of all orders."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return torch.ops.mkldnn._linear_pointwise(a, b, None, "none", [], "")

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        by_a = Product.apply(g, b.T) if ctx.needs_input_grad[0] else None
        by_b = Product.apply(g.T, a.T) if ctx.needs_input_grad[1] else None
        return by_a, by_b


class OneDnnLinear(nn.Linear):
    def forward(self, x):
        return Product.apply(x, self.weight) + self.bias


is_onednn = sys.argv[2:] == ["onednn"]
Linear = OneDnnLinear if is_onednn else nn.Linear
layers, width = [], 784
for _ in range(5):
    layers += [Linear(width, 512), nn.BatchNorm1d(512, 1e-3, track_running_stats=False), nn.ReLU()]
    width = 512
model = nn.Sequential(*layers, Linear(512, 10))
mean_loss, total_loss = nn.CrossEntropyLoss(), nn.CrossEntropyLoss(reduction="sum")
parameters = list(model.parameters())
n = sum(p.numel() for p in parameters)
starts = np.cumsum([0] + [p.numel() for p in parameters])
flat = torch.empty(n)
flat_gradient = torch.zeros(n)


def views(vector):
    return [vector[at : at + p.numel()].view_as(p) for at, p in zip(starts, parameters)]


for p, view in zip(parameters, views(flat)):
    p.data = view


def turned(vector):
    """From Basin's order, whose kernels are [in, out], to PyTorch's [out, in]."""
    vector = torch.as_tensor(vector)
    parts = [
        vector[at : at + p.numel()].reshape(p.shape[::-1]).T.reshape(-1)
        for at, p in zip(starts, parameters)
    ]
    return torch.cat(parts)


def measure(part):
    """Mean loss and accuracy."""
    total = right = 0.0
    with torch.no_grad():
        for x, y in zip(part[0].split(chunk), part[1].split(chunk)):
            logits = model(x)
            total += total_loss(logits, y).item()
            right += (logits.argmax(1) == y).sum().item()
    return total / len(part[1]), right / len(part[1])


def train(batch):
    flat.copy_(start)
    optimiser = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    best, losses = None, []
    for order in [None, *orders]:
        if order is not None:
            for rows in order.split(batch):
                optimiser.zero_grad(set_to_none=True)
                mean_loss(model(examples[rows]), labels[rows]).backward()
                optimiser.step()
        (loss, _), (_, accuracy) = measure(training), measure(testing)
        losses.append(loss)
        if order is not None and (best is None or loss < best[0]):
            best = loss, accuracy, flat.clone()
    return {
        "loss after an epoch": losses[1],
        "least loss": best[0],
        "test accuracy (%)": 100 * best[1],
    }


def evaluate(x):
    """f and its gradient, float64, at a float64 point."""
    flat.copy_(torch.from_numpy(x))
    for p, view in zip(parameters, views(flat_gradient)):
        p.grad = view
    flat_gradient.zero_()
    total = 0.0
    for first in range(0, count, chunk):
        loss = total_loss(model(examples[first : first + chunk]), labels[first : first + chunk])
        loss.backward()
        total += loss.item()
    gradient = flat_gradient.double().numpy()
    gradient /= count
    return total / count, gradient


def climb(f, start, half):
    """φ's largest loss by ten iterations, and the evaluations that it took."""
    seen = []

    def negated(y):
        value, gradient = f(y)
        seen.append(value)
        return -value, np.negative(gradient, out=gradient)

    bounds = list(zip((-half).tolist(), half.tolist()))  # the quickest form that SciPy takes
    fmin_l_bfgs_b(negated, start, bounds=bounds, factr=0, pgtol=0, maxiter=10)
    return max(seen), len(seen)


def sharpness_of(loss, largest, evaluations):
    percent = 100 * max(largest - loss, 0) / (1 + loss)
    return {"f(x)": loss, "φ (%)": percent, "evaluations": evaluations + 1}


def full_space():
    half = 1e-3 * (np.abs(point) + 1)
    loss, slope = evaluate(point)
    return sharpness_of(loss, *climb(lambda y: evaluate(point + y), half * np.sign(slope), half))


def subspace():
    p = sizes["columns"]
    torch.randn(n, p)  # drawing is part of the work; what is used is Basin's A
    a = subspace_matrix
    gram = (a.T @ a).double()
    coordinates = torch.linalg.solve(gram, (a.T @ torch.from_numpy(point).float()).double()).numpy()
    half = 1e-3 * (np.abs(coordinates) + 1)
    loss, _ = evaluate(point)

    def along(y):
        way = (a @ torch.from_numpy(y).float()).double().numpy()
        value, gradient = evaluate(point + way)
        return value, (a.T @ torch.from_numpy(gradient).float()).double().numpy()

    return sharpness_of(loss, *climb(along, np.zeros(p), half))


def double_backward(vectors):
    tangents, results = [views(v) for v in vectors], [torch.zeros(n) for _ in vectors]
    for first in range(0, count, chunk):
        loss = total_loss(model(examples[first : first + chunk]), labels[first : first + chunk])
        gradients = torch.autograd.grad(loss, parameters, create_graph=True)
        for k, (tangent, result) in enumerate(zip(tangents, results)):
            more = k + 1 < len(vectors)
            parts = torch.autograd.grad(gradients, parameters, tangent, retain_graph=more)
            result += torch.cat([part.reshape(-1) for part in parts])
    return [result / count for result in results]


def forward_over_reverse(vectors):
    names = [name for name, _ in model.named_parameters()]
    point = dict(zip(names, [p.detach() for p in parameters]))
    results = [torch.zeros(n) for _ in vectors]
    for first in range(0, count, chunk):
        x, y = examples[first : first + chunk], labels[first : first + chunk]
        gradient = grad(lambda at: total_loss(functional_call(model, at, (x,)), y))
        for vector, result in zip(vectors, results):
            parts = jvp(gradient, (point,), (dict(zip(names, views(vector))),))[1]
            result += torch.cat([part.reshape(-1) for part in parts.values()])
    return [result / count for result in results]


def lanczos(first, steps):
    """Ritz values and the first components' squares."""
    basis = torch.empty(steps, n)
    torch.div(first, first.norm(), out=basis[0])
    alphas, betas = [], []
    for step in range(steps):
        (w,) = products([basis[step]])
        alphas.append(torch.dot(w, basis[step]).item())
        for _ in range(2):
            w -= basis[: step + 1].T @ (basis[: step + 1] @ w)
        betas.append(w.norm().item())
        if step + 1 < steps:
            torch.div(w, betas[-1], out=basis[step + 1])
    values, vectors = eigh_tridiagonal(alphas, betas[:-1])
    return values, vectors[0] ** 2


def ritz():
    flat.copy_(torch.from_numpy(point))
    top, _ = lanczos(lanczos_start, sizes["lanczosSteps"])
    images = torch.stack(double_backward(list(columns)))  # shares its first backward
    values = eigh((columns @ images.T).numpy(), (columns @ columns.T).numpy(), eigvals_only=True)
    return {"λ_max": float(top[-1]), "largest of A": float(values[-1]), "least of A": float(values[0])}


def spectrum():
    flat.copy_(torch.from_numpy(point))
    nodes, weights = lanczos(density_start, sizes["densitySteps"])
    samples = [torch.dot(v, hv).item() for v, hv in zip(probes, double_backward(list(probes)))]
    return {
        "largest node": float(nodes[-1]),
        "mean eigenvalue": float(nodes @ weights),
        "tr H": float(np.mean(samples)),
    }


def given():
    """What every part starts from, read before it begins: no part's time."""
    global start, orders, point, lanczos_start, density_start, columns, probes, products
    global subspace_matrix
    if subspace_matrix is None:
        order = turned(torch.arange(n))
        rows = np.memmap(f"{folder}/subspace", np.float32, "r", shape=(n, sizes["columns"]))
        subspace_matrix = torch.from_numpy(rows[order.numpy()])
    start = turned(read("start", np.float64)).float()
    orders = torch.from_numpy(read("orders", np.uint32).astype(np.int64)).reshape(-1, count)
    if not os.path.exists(f"{folder}/point"):
        return
    point = turned(read("point", np.float64)).numpy()
    lanczos_start = turned(read("lanczos", np.float64)).float()
    density_start = turned(read("density", np.float64)).float()
    columns = torch.stack([turned(c) for c in read("columns", np.float32).reshape(-1, n)])
    probes = torch.stack([turned(v) for v in read("probes", np.float32).reshape(-1, n)])
    if products is None:
        flat.copy_(torch.from_numpy(point))
        ways = {double_backward: 0.0}
        if not is_onednn:
            ways[forward_over_reverse] = 0.0
        for _ in range(2):  # the first call of each is slow
            for way in ways:
                began = time.process_time()
                way([lanczos_start])
                ways[way] = time.process_time() - began
        products = min(ways, key=ways.get)


products = subspace_matrix = None
PARTS = {
    "small": lambda: train(sizes["smallBatch"]),
    "large": lambda: train(sizes["largeBatch"]),
    "full": full_space,
    "subspace": subspace,
    "ritz": ritz,
    "spectrum": spectrum,
}
library = "oneDNN" if is_onednn else "MKL"
print(f"PyTorch {torch.__version__} with {library}'s products and SciPy {scipy.__version__}", flush=True)
for line in sys.stdin:
    given()
    for p in parameters:
        p.grad = None
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    results = PARTS[line.strip()]()
    ended, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    processor = spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime
    answer = {"seconds": ended - began, "processor": processor, "results": results}
    print(json.dumps({**answer, "note": products and f"Hv by {products.__name__}"}), flush=True)
