"""PyTorch's gradient, ADAM step and Hv (double backward).

torch_networks.py NETWORK REPEATS [processor] [queued]
"""
import os
import sys

import torch
from torch import nn

from peer_networks import BATCH, EPSILON, SIDE, layers
from peer_rounds import Queued, is_queued, serve

name, repeats = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
torch.manual_seed(1)
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.set_default_device(device)
# Products of full float32 precision, as ours.
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def awaited(run):
    """What a task leaves running on a GPU counts, too."""

    def both():
        run()
        synchronize()

    return both


shape, stack = layers(name)
labels = torch.arange(BATCH[name]) % 10
loss_of = nn.CrossEntropyLoss()


def model_of():
    modules, extents = [], (shape[-1], *shape[:-1])
    for kind, size, option in stack:
        if kind == "conv":
            modules.append(nn.Conv2d(extents[0], size, option, padding="same"))
            modules += [nn.BatchNorm2d(size, eps=EPSILON), nn.ReLU()]
            extents = (size, *extents[1:])
        elif kind == "pool":
            # Rounded up, the last window is cut off: padding after the image only, as ours.
            modules.append(nn.MaxPool2d(size, option, ceil_mode=True))
            extents = (extents[0], *((e + option - 1) // option for e in extents[1:]))
        elif kind == "drop":
            modules.append(nn.Dropout(size))
        else:
            flat = torch.Size(extents).numel()
            modules += [nn.Flatten()] if len(extents) > 1 else []
            modules.append(nn.Linear(flat, size))
            if kind == "dense":
                modules += [nn.BatchNorm1d(size, eps=EPSILON), nn.ReLU()]
            extents = (size,)
    return nn.Sequential(*modules)


def runs_of(layout):
    """Tasks of a model of its own in a memory layout."""
    model = model_of()
    examples = torch.rand(BATCH[name], *shape[-1:], *shape[:-1])
    if layout is not None:
        model, examples = model.to(memory_format=layout), examples.to(memory_format=layout)
    dropouts = [module for module in model if isinstance(module, nn.Dropout)]
    parameters = list(model.parameters())
    tangent = [torch.rand_like(parameter) for parameter in parameters]

    def loss(training):
        for dropout in dropouts:
            dropout.train(training)
        return loss_of(model(examples), labels)

    def gradient():
        value = loss(False)
        torch.autograd.grad(value, parameters)
        return value.item()

    def step_of(optimiser):
        def step():
            optimiser.zero_grad(set_to_none=True)
            value = loss(True)
            value.backward()
            optimiser.step()
            return None if is_queued() else value.item()

        return Queued(step, synchronize) if is_queued() else awaited(step)

    def hessian():
        first = torch.autograd.grad(loss(False), parameters, create_graph=True)
        along = sum((g * v).sum() for g, v in zip(first, tangent))
        return torch.autograd.grad(along, parameters)

    fused = torch.optim.Adam(parameters, lr=1e-3, fused=True)
    foreach = torch.optim.Adam(parameters, lr=1e-3, foreach=True)
    return {
        "gradient": {"": awaited(gradient)},
        "step": {"fused": step_of(fused), "foreach": step_of(foreach)},
        "hessian": {"": awaited(hessian)},
    }


layouts = {"": None}
if len(shape) > 1:
    layouts = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}
tasks = {}
for layout_name, layout in layouts.items():
    for task, settings in runs_of(layout).items():
        for setting, run in settings.items():
            label = ", ".join(part for part in (layout_name, setting) if part)
            tasks.setdefault(task, {})[label] = run
square = torch.ones(SIDE, SIDE)
tasks["product"] = {"": awaited(lambda: square @ square)}
count = sum(p.numel() for p in model_of().parameters())
vectors = [torch.ones(count) for _ in range(3)]
tasks["sum"] = {"": awaited(lambda: torch.add(vectors[0], vectors[1], out=vectors[2]))}
where = f" on {torch.cuda.get_device_name()}" if device == "cuda" else ""
serve(f"PyTorch {torch.__version__}{where}", tasks, repeats)
