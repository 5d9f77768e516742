"""JAX's gradient, ADAM step and Hv (jvp of grad), all jitted.

jax_networks.py NETWORK REPEATS [processor] [queued]

XLA takes as many threads as there are cores, and reads no setting for it.
"""
import sys

import jax
import jax.numpy as jnp

from peer_networks import BATCH, EPSILON, SIDE, layers
from peer_rounds import Queued, is_queued, serve

# Products of full float32 precision, as ours: on a GPU the default is TensorFloat-32.
jax.config.update("jax_default_matmul_precision", "highest")
name, repeats = sys.argv[1], int(sys.argv[2])
shape, stack = layers(name)
batch = BATCH[name]
labels = jnp.arange(batch) % 10


def initial(key):
    """A dictionary of tensors for each layer that has parameters."""
    parameters, extents = [], shape
    for kind, size, option in stack:
        if kind == "pool":
            extents = (*((e + option - 1) // option for e in extents[:-1]), extents[-1])
        if kind not in ("conv", "dense", "logits"):
            continue
        flat = 1
        for extent in extents:
            flat *= extent
        kernel = (option, option, extents[-1], size) if kind == "conv" else (flat, size)
        key, draw = jax.random.split(key)
        bound = jnp.sqrt(6 / ((option or 1) ** 2 * (kernel[-2] + size)))
        layer = {
            "kernel": jax.random.uniform(draw, kernel, minval=-bound, maxval=bound),
            "bias": jnp.zeros(size),
        }
        if kind != "logits":
            layer |= {"gamma": jnp.ones(size), "beta": jnp.zeros(size)}
        parameters.append(layer)
        extents = (*extents[:-1], size) if kind == "conv" else (size,)
    return parameters


def loss_of(parameters, examples, key=None):
    x, left = examples, iter(parameters)
    for index, (kind, size, option) in enumerate(stack):
        if kind == "pool":
            window, strides = (1, size, size, 1), (1, option, option, 1)
            x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, strides, "SAME")
        elif kind == "drop":
            if key is not None:
                keep = jax.random.bernoulli(jax.random.fold_in(key, index), 1 - size, x.shape)
                x = jnp.where(keep, x / (1 - size), 0)
        else:
            layer = next(left)
            if kind == "conv":
                dimensions = ("NHWC", "HWIO", "NHWC")
                x = jax.lax.conv_general_dilated(
                    x, layer["kernel"], (1, 1), "SAME", dimension_numbers=dimensions
                )
            else:
                x = x.reshape(batch, -1) @ layer["kernel"]
            x = x + layer["bias"]
            if kind != "logits":
                axes = tuple(range(x.ndim - 1))
                centred = x - x.mean(axes)
                variance = jnp.square(centred).mean(axes)
                x = layer["gamma"] * centred * jax.lax.rsqrt(variance + EPSILON) + layer["beta"]
                x = jax.nn.relu(x)
    return -jnp.take_along_axis(jax.nn.log_softmax(x), labels[:, None], 1).mean()


def adam(state, examples, key):
    x, m, v, t = state
    loss, g = jax.value_and_grad(loss_of)(x, examples, key)
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    x = jax.tree.map(lambda x, m, v: x - rate * m / (jnp.sqrt(v) + 1e-8), x, m, v)
    return loss, (x, m, v, t)


key = jax.random.key(1)
examples = jax.random.uniform(key, (batch, *shape))
parameters = initial(key)
ones = jax.tree.map(jnp.ones_like, parameters)
tangents = jax.tree.map(lambda x: jax.random.uniform(key, (4, *x.shape)), parameters)
value_and_gradient = jax.jit(jax.value_and_grad(loss_of))
step_of = jax.jit(adam, donate_argnums=0)


def product(x, v):
    return jax.jvp(lambda x: jax.grad(loss_of)(x, examples), (x,), (v,))[1]


hessian_of = jax.jit(product)
hessians_of = jax.jit(jax.vmap(product, (None, 0)))
zeros = jax.tree.map(jnp.zeros_like, parameters)
state = (jax.tree.map(jnp.copy, parameters), zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(()))


def gradient():
    return float(jax.block_until_ready(value_and_gradient(parameters, examples))[0])


def start_step():
    global state, key
    key, drop = jax.random.split(key)
    loss, state = step_of(state, examples, drop)
    return loss


def step():
    loss = start_step()
    jax.block_until_ready(state)
    return float(loss)


tasks = {
    "gradient": {"": gradient},
    "step": {"": Queued(start_step, lambda: jax.block_until_ready(state)) if is_queued() else step},
    "hessian": {"": lambda: jax.block_until_ready(hessian_of(parameters, ones))},
    "hessians": {"": lambda: jax.block_until_ready(hessians_of(parameters, tangents))},
}
square = jnp.ones((SIDE, SIDE))
multiply = jax.jit(jnp.matmul)
tasks["product"] = {"": lambda: jax.block_until_ready(multiply(square, square))}
a = jnp.ones(sum(x.size for x in jax.tree.leaves(parameters)))
b = jnp.copy(a)
plus = jax.jit(jnp.add)
tasks["sum"] = {"": lambda: jax.block_until_ready(plus(a, b))}
kind = jax.devices()[0].device_kind
where = "" if kind == "cpu" else f" on {kind}"
serve(f"JAX {jax.__version__}{where}", tasks, repeats)
