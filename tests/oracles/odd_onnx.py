"""Odd but lawful ONNX models, made by hand, and what ONNX's own evaluator says of them.

    python odd_onnx.py

writes ../golden/onnx/odd.json: models as base64, examples, and the outputs of onnx.reference, of each
example by itself where the file fixes their number at 1; and models that nobody can measure. Made
with onnx 1.23.2.
"""

import base64
import json
import os

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh
from onnx.inliner import inline_local_functions
from onnx.reference import ReferenceEvaluator

HERE = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(16)
node = h.make_node


def floats(name, array):
    return nh.from_array(np.asarray(array, np.float32), name)


def wholes(name, array):
    return nh.from_array(np.asarray(array, np.int64), name)


def value(name, shape, kind=T.FLOAT):
    return h.make_tensor_value_info(name, kind, shape)


def model(nodes, tensors, x=("N", 5), y=("N", 3), opset=17, inputs=None, outputs=None, more=(), functions=()):
    graph = h.make_graph(
        nodes, "g", inputs or [value("x", x)], outputs or [value("y", y)], tensors
    )
    made = h.make_model(
        graph, opset_imports=[*more, h.make_opsetid("", opset)], functions=list(functions)
    )
    made.ir_version = 9
    return made


def text(made):
    return base64.b64encode(made.SerializeToString()).decode()


W = floats("w", rng.normal(size=(5, 3)))
V = floats("v", rng.normal(size=(3, 5)))
B = floats("b", rng.normal(size=3))
LINEAR = [node("MatMul", ["x", "w"], ["h"]), node("Add", ["h", "b"], ["y"])]
E, H = 8, 2


def attention(batch):
    """Positions first, as PyTorch's attention has them: rows, heads, and back, with 1 written in."""
    one = 1
    tensors = [
        floats("qkv", rng.normal(size=(E, 3 * E)) / 3),
        floats("out", rng.normal(size=(E, E)) / 3),
        floats("head", rng.normal(size=(E, 3))),
        wholes("rows", [-1, E]), wholes("three", [4, one, 3 * E]),
        wholes("heads", [4, one * H, E // H]), wholes("flat", [4 * one, E]), wholes("seq", [4, one, E]),
        wholes("sizes", [E, E, E]),
    ]
    nodes = [
        node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        node("Reshape", ["t", "rows"], ["r"]),
        node("MatMul", ["r", "qkv"], ["p"]),
        node("Reshape", ["p", "three"], ["p3"]),
        node("Split", ["p3", "sizes"], ["q0", "k0", "v0"], axis=2),
        *[node("Reshape", [f"{c}0", "heads"], [f"{c}1"]) for c in "qkv"],
        *[node("Transpose", [f"{c}1"], [f"{c}2"], perm=[1, 0, 2]) for c in "qv"],
        node("Transpose", ["k1"], ["k2"], perm=[1, 2, 0]),
        node("MatMul", ["q2", "k2"], ["s"]),
        node("Softmax", ["s"], ["a"], axis=-1),
        node("MatMul", ["a", "v2"], ["o"]),
        node("Transpose", ["o"], ["o1"], perm=[1, 0, 2]),
        node("Reshape", ["o1", "flat"], ["o2"]),
        node("MatMul", ["o2", "out"], ["o3"]),
        node("Reshape", ["o3", "seq"], ["o4"]),
        node("ReduceMean", ["o4"], ["m"], axes=[0], keepdims=0),
        node("MatMul", ["m", "head"], ["y"]),
    ]
    return model(nodes, tensors, x=(batch, 4, E), y=(batch, 3))


def function():
    inner = h.make_function(
        "local", "Scaled", ["a"], ["o"],
        [node("LeakyRelu", ["a"], ["o"])], [h.make_opsetid("", 17)],
    )
    slope = inner.node[0].attribute.add()
    slope.name, slope.ref_attr_name, slope.type = "alpha", "slope", onnx.AttributeProto.FLOAT
    inner.attribute.append("slope")
    outer = h.make_function(
        "local", "Layer", ["a", "m"], ["o"],
        [node("MatMul", ["a", "m"], ["h"]), node("Scaled", ["h"], ["o"], domain="local", slope=0.25)],
        [h.make_opsetid("", 17), h.make_opsetid("local", 1)],
    )
    return model(
        [node("Layer", ["x", "w"], ["g"], domain="local"), node("Layer", ["g", "v"], ["y"], domain="local")],
        [W, V], y=("N", 5), more=[h.make_opsetid("local", 1)], functions=[inner, outer],
    )


def works():
    tied = rng.normal(size=(5, 3))
    yield "two outputs, labels first", 18, model(
        [*LINEAR, node("ArgMax", ["y"], ["label"], axis=1)], [W, B],
        outputs=[value("label", ("N", 1), T.INT64), value("y", ("N", 3))],
    )
    yield "nodes in another order", 18, model(LINEAR[::-1], [W, B])
    yield "another domain before ONNX's own", 18, model(
        LINEAR, [W, B], more=[h.make_opsetid("com.microsoft", 1)]
    )
    yield "weights in nodes", 18, model(
        [node("Constant", [], ["w"], value=W), node("Constant", [], ["b"], value=B), *LINEAR], []
    )
    yield "functions in functions", 30, function()
    yield "a transposed copy of tied weights", 18, model(
        [*LINEAR, node("MatMul", ["y", "w_t"], ["z"])],
        [floats("w", tied), B, floats("w_t", tied.T)], outputs=[value("z", ("N", 5))],
    )
    yield "a bias of one entry", 6, model(
        [node("MatMul", ["x", "w"], ["h"]), node("Add", ["h", "b"], ["y"])],
        [floats("w", rng.normal(size=(5, 1))), floats("b", [0.5])], y=("N", 1),
    )
    yield "a weight handed on by Identity, also a moment", 7, model(
        [
            node("Identity", ["one"], ["var"]), node("Identity", ["one"], ["again"]),
            node("Reshape", ["x", "wide"], ["i"]),
            node("BatchNormalization", ["i", "again", "beta", "mean", "var"], ["n"]),
            node("GlobalAveragePool", ["n"], ["p"]), node("Flatten", ["p"], ["f"]),
            node("MatMul", ["f", "head"], ["y"]),
        ],
        [
            floats("one", [2.0]), floats("beta", [0.1]), floats("mean", [0.0]),
            floats("head", rng.normal(size=(1, 5))), wholes("wide", [-1, 1, 5, 1]),
        ], y=("N", 5),
    )
    yield "no shapes at all", 18, model(LINEAR, [W, B], inputs=[value("x", None)])
    yield "one name for all extents", 18, model(LINEAR, [W, B], x=("a", "a"))
    yield "batches of exactly four", 18, model(LINEAR, [W, B], x=(4, 5), y=(4, 3))
    yield "an empty tensor", 15, model(
        [node("Concat", ["w", "none"], ["w2"], axis=0), node("MatMul", ["x", "w2"], ["y"])],
        [W, floats("none", np.zeros((0, 3)))],
    )
    yield "one example, positions first", 24 * 8 + 64 + 24, attention(1)
    yield "lists of parts", 18, model(
        [
            node("SplitToSequence", ["x", "sizes"], ["list"], axis=1),
            node("SequenceAt", ["list", "last"], ["a"]), node("SequenceAt", ["list", "first"], ["c"]),
            node("SequenceConstruct", ["a", "c"], ["turned"]),
            node("ConcatFromSequence", ["turned"], ["z"], axis=1),
            node("MatMul", ["z", "w"], ["h"]), node("Mul", ["h", "gain"], ["y"]),
        ],
        [
            W, floats("gain", rng.normal(size=3)), wholes("sizes", [2, 3]),
            wholes("last", -1), wholes("first", 0),
        ],
    )


def refused():
    yield "two inputs", model(
        [node("Add", ["x", "z"], ["s"]), node("MatMul", ["s", "w"], ["y"])], [W],
        inputs=[value("x", ("N", 5)), value("z", ("N", 5))],
    )
    yield "quantised", model(
        [node("DequantizeLinear", ["q", "s"], ["w"]), *LINEAR],
        [nh.from_array(rng.integers(-9, 9, (5, 3)).astype(np.int8), "q"), floats("s", 0.1), B],
    )
    branch = lambda m: h.make_graph([node("MatMul", ["x", m], ["z"])], "branch", [], [value("z", None)])
    yield "control flow", model(
        [
            node("ReduceSum", ["x"], ["s"], keepdims=0), node("Greater", ["s", "zero"], ["c"]),
            node("If", ["c"], ["y"], then_branch=branch("w"), else_branch=branch("w")),
        ],
        [W, floats("zero", 0.0)],
    )
    yield "recurrent", model(
        [node("GRU", ["x", "r", "u"], ["", "y"], hidden_size=2)],
        [floats("r", np.zeros((1, 6, 5))), floats("u", np.zeros((1, 6, 2)))], x=(7, "N", 5),
    )
    yield "a loss as output", model(
        [*LINEAR, node("ReduceMean", ["y"], ["l"], keepdims=0)], [W, B], outputs=[value("l", ())]
    )
    yield "texts", model(LINEAR, [W, B], inputs=[value("x", ("N", 5), T.STRING)])
    yield "a circle", model([node("Add", ["y", "b"], ["h"]), node("Add", ["h", "x"], ["y"])], [B])
    yield "nothing makes it", model([node("MatMul", ["x", "gone"], ["y"])], [W])
    made = model(LINEAR, [B])
    made.graph.sparse_initializer.append(
        h.make_sparse_tensor(
            h.make_tensor("w", T.FLOAT, [2], [1.0, 2.0]), h.make_tensor("i", T.INT64, [2], [0, 4]), [5, 3]
        )
    )
    yield "sparse", made
    yield "eight bits", model(
        [node("Cast", ["w8"], ["w"], to=1), *LINEAR],
        [h.make_tensor("w8", T.FLOAT8E4M3FN, [5, 3], np.ones(15, np.float32)), B], opset=19,
    )
    yield "an infinite bias", model(LINEAR, [W, floats("b", [np.inf, 0, 0])])
    made = model([node("Own", ["x"], ["y"], domain="local")], [W], more=[h.make_opsetid("local", 1)])
    made.functions.append(
        h.make_function(
            "local", "Own", ["a"], ["o"], [node("Own", ["a"], ["o"], domain="local")],
            [h.make_opsetid("local", 1)],
        )
    )
    yield "a function of itself", made


def outputs(made, x):
    if made.graph.node[-1].op_type == "MatMul" and made.graph.node[0].input[0] == "h":
        nodes = list(made.graph.node)[::-1]  # the evaluator wants them in their order
        made = model(nodes, list(made.graph.initializer))
    evaluator = ReferenceEvaluator(inline_local_functions(made))
    name = next(each.name for each in made.graph.output if each.type.tensor_type.elem_type == T.FLOAT)
    dims = made.graph.input[0].type.tensor_type.shape.dim
    alone = dims and dims[0].dim_value == 1
    parts = [x[k : k + 1] for k in range(len(x))] if alone else [x]
    return np.concatenate([evaluator.run([name], {"x": part})[0] for part in parts])


def main():
    measured = []
    for name, dimension, made in works():
        dims = made.graph.input[0].type.tensor_type.shape.dim
        shape = [4, E] if len(dims) == 3 else [5]
        x = rng.normal(size=(4, *shape)).astype(np.float32)
        measured.append({
            "name": name, "dimension": dimension, "shape": shape, "model": text(made),
            "x": [float(f"{v:.9g}") for v in x.ravel()],
            "output": [float(f"{v:.7g}") for v in outputs(made, x).ravel()],
        })
    record = {
        "measured": measured,
        "refused": [{"name": name, "model": text(made)} for name, made in refused()],
    }
    with open(f"{HERE}/../golden/onnx/odd.json", "w") as file:
        file.write(json.dumps(record, indent=1) + "\n")


main()
