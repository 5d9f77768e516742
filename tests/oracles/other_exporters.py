"""Small models as exporters other than PyTorch's usual one write them, and what their programs give.

    python other_exporters.py torch        # torch 2.13, onnxscript 0.7.2
    python other_exporters.py sklearn      # scikit-learn 1.9, skl2onnx 1.20.0
    python other_exporters.py jax          # jax 0.10.2, flax 0.12.8, equinox 0.13.8, jax2onnx 0.17.1
    KERAS_BACKEND=tensorflow python other_exporters.py keras  # keras 3.15.1, tensorflow 2.21, tf2onnx 1.17.0
    KERAS_BACKEND=torch python other_exporters.py keras       # keras 3.15.1, torch 2.13

Each run puts its models into ../golden/onnx/exporters.json: base64 of the file, n as the program
counts its parameters, examples, and outputs. `form` says what the outputs are: probabilities where the
model ends in a softmax, or in two columns 1 - p and p, else what the loss takes.
"""

import base64
import json
import os
import sys
import tempfile
import warnings

import numpy as np

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
FILE = f"{HERE}/../golden/onnx/exporters.json"
rng = np.random.default_rng(16)
folder = tempfile.mkdtemp()
found = {}


def add(name, path, n, x, output, form="values"):
    import onnx

    read = onnx.load(path)
    for node in read.graph.node:  # where in the program it comes from; most of the file
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    del read.graph.metadata_props[:]
    model = base64.b64encode(read.SerializeToString()).decode()
    found[name] = {
        "n": int(n), "shape": list(x.shape[1:]), "form": form, "model": model,
        "x": [float(f"{v:.9g}") for v in np.asarray(x, np.float64).ravel()],
        "output": [float(f"{v:.7g}") for v in np.asarray(output, np.float64).ravel()],
    }


def torch_models():
    import torch
    from torch import nn

    torch.manual_seed(0)

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(11, 8)
            self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)
            self.head = nn.Linear(8, 3)

        def forward(self, x):
            return self.head(self.layer(self.embedding(x)).mean(1))

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(11, 8)
            self.head = nn.Linear(8, 11, bias=False)
            self.head.weight = self.embedding.weight

        def forward(self, x):
            return self.head(torch.tanh(self.embedding(x)))

    class Buffers(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(5, 3)
            self.gain = nn.Parameter(torch.tensor([1.5]))
            self.register_buffer("mean", torch.randn(5))
            self.register_buffer("mix", torch.randn(5, 5))

        def forward(self, x):
            return self.gain * self.linear((x - self.mean) @ self.mix)

    class Upsampling(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Conv2d(1, 2, 3, stride=2, padding=1, padding_mode="reflect")
            self.up = nn.Upsample(scale_factor=2, mode="bilinear")
            self.shuffle = nn.PixelShuffle(2)
            self.last = nn.Conv2d(2, 4, 1)
            self.head = nn.Linear(16 * 16, 3)

        def forward(self, x):
            y = self.shuffle(self.last(self.up(torch.tanh(self.down(x)))))
            return self.head(y.flatten(1))

    images, tokens = torch.randn(3, 1, 8, 8), torch.randint(0, 11, (3, 6))
    for name, model, x in (
        ("attention", Attention(), tokens), ("tied", Tied(), tokens),
        ("buffers", Buffers(), torch.randn(3, 5)), ("upsampling", Upsampling(), images),
    ):
        model.eval()
        with torch.no_grad():  # what is all zeros or ones before training, exporters merge
            for p in model.parameters():
                p.add_(0.1 * torch.randn_like(p))
        n = sum(p.numel() for p in model.parameters())
        for exporter, options in (
            ("script, one example", {"dynamo": False, "opset_version": 17}),
            ("dynamo, one example", {"dynamo": True, "external_data": False}),
            ("dynamo as it is", {
                "dynamo": True, "external_data": False, "optimize": False,
                "dynamic_shapes": ({0: torch.export.Dim("rows")},),
            }),
        ):
            # The script exporter does not say which tensors are buffers, and which lone number a parameter.
            if name == "buffers" and exporter != "dynamo as it is":
                continue
            few = x[:2] if "dynamic_shapes" in options else x[:1]
            torch.onnx.export(model, (few,), f"{folder}/m.onnx", verbose=False, **options)
            add(f"torch {name}, {exporter}", f"{folder}/m.onnx", n, x.numpy(), model(x).detach().numpy())


def sklearn_models():
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = rng.normal(size=(40, 5)).astype(np.float32)
    y = (x[:, 0] * 2).round().astype(int) % 3
    options = {"hidden_layer_sizes": (4,), "max_iter": 50, "random_state": 0}
    for name, model, targets, n in (
        ("three classes, scaled", make_pipeline(StandardScaler(), MLPClassifier(**options)), y, 39),
        ("two classes", MLPClassifier(**options), (y > 0).astype(int), 29),
        ("regression", MLPRegressor(**options), x @ np.arange(5.0), 29),
    ):
        model.fit(x, targets)
        with open(f"{folder}/m.onnx", "wb") as file:
            file.write(to_onnx(model, x[:1]).SerializeToString())
        isClass = name != "regression"
        output = model.predict_proba(x[:3]) if isClass else model.predict(x[:3])
        add(f"scikit-learn {name}", f"{folder}/m.onnx", n, x[:3], output, "probabilities" if isClass else "values")


def jax_models():
    import equinox
    import jax
    import onnx
    from flax import nnx
    from jax2onnx import to_onnx

    class Network(nnx.Module):
        def __init__(self, rngs):
            self.conv = nnx.Conv(1, 4, (3, 3), rngs=rngs)
            self.norm = nnx.LayerNorm(4, rngs=rngs)
            self.dense = nnx.Linear(4, 3, rngs=rngs)

        def __call__(self, x):
            x = nnx.avg_pool(nnx.relu(self.conv(x)), window_shape=(2, 2), strides=(2, 2))
            return self.dense(nnx.gelu(self.norm(x)).mean((1, 2)))

    class Attention(nnx.Module):
        def __init__(self, rngs):
            self.embed = nnx.Embed(11, 8, rngs=rngs)
            self.attention = nnx.MultiHeadAttention(2, 8, rngs=rngs, decode=False)
            self.dense = nnx.Linear(8, 3, rngs=rngs)

        def __call__(self, x):
            h = self.embed(x)
            return self.dense((h + self.attention(h)).mean(1))

    def varied(module):
        state = nnx.state(module, nnx.Param)
        noisy = jax.tree.map(lambda p: p + 0.1 * rng.normal(size=p.shape).astype(np.float32), state)
        nnx.update(module, noisy)
        return module, sum(p.size for p in jax.tree.leaves(state))

    network, n = varied(Network(nnx.Rngs(0)))
    x = rng.normal(size=(3, 8, 8, 1)).astype(np.float32)
    onnx.save(to_onnx(network, [("B", 8, 8, 1)]), f"{folder}/m.onnx")
    add("Flax network", f"{folder}/m.onnx", n, x, network(x))
    attention, n = varied(Attention(nnx.Rngs(0)))
    tokens = rng.integers(0, 11, (3, 5)).astype(np.int32)
    onnx.save(to_onnx(attention, [jax.ShapeDtypeStruct((1, 5), np.int32)]), f"{folder}/m.onnx")
    add("Flax attention, one example", f"{folder}/m.onnx", n, tokens, attention(tokens))
    mlp = equinox.nn.MLP(5, 3, 4, 2, key=jax.random.PRNGKey(0))
    n = sum(p.size for p in jax.tree.leaves(equinox.filter(mlp, equinox.is_array)))
    x = rng.normal(size=(3, 5)).astype(np.float32)
    onnx.save(to_onnx(jax.vmap(mlp), [("B", 5)]), f"{folder}/m.onnx")
    add("Equinox MLP", f"{folder}/m.onnx", n, x, jax.vmap(mlp)(x))


def keras_models():
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    backend = keras.backend.backend()
    convolutions = [
        layers.Input((8, 8, 1)), layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(),
        layers.ReLU(), layers.MaxPooling2D(), layers.SeparableConv2D(4, 3, strides=2, padding="same"),
        layers.GlobalAveragePooling2D(), layers.Dropout(0.3), layers.Dense(3, "softmax"),
    ]
    rows = [layers.Input((5,)), layers.Dense(4, "gelu"), layers.Dense(1)]
    for name, stack, form in (
        ("convolutions", convolutions, "probabilities"), ("regression", rows, "values")
    ):
        model = keras.Sequential(stack)
        for weight in model.trainable_weights:
            weight.assign_add(0.1 * rng.normal(size=weight.shape).astype(np.float32))
        x = rng.normal(size=(3, *model.input_shape[1:])).astype(np.float32)
        output = model.predict(x, verbose=0)
        model(x)
        model.export(f"{folder}/m.onnx", format="onnx", verbose=False)
        n = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        add(f"Keras on {backend}, {name}", f"{folder}/m.onnx", n, x, output, form)


def main():
    {"torch": torch_models, "sklearn": sklearn_models, "jax": jax_models, "keras": keras_models}[
        sys.argv[1]
    ]()
    known = {}
    if os.path.exists(FILE):
        with open(FILE) as file:
            known = json.load(file)
    with open(FILE, "w") as file:
        file.write(json.dumps({**known, **found}, indent=1) + "\n")
    print("\n".join(f"{name}: n = {each['n']}" for name, each in found.items()))


main()
