"""Small cases of ONNX's own conformance tests, of ops that Basin knows, with the results that they want.

    python onnx_conformance.py ../golden/onnx/conformance.json ops.txt

`ops.txt` has the names of the ops, one a line. Of each case the first input is the examples, the
others are tensors of the file. Large cases are left out, but of ops that have no small ones, and
those that are ops written out in others. Made with onnx 1.23.2.
"""

import base64
import json
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")
MOST_ENTRIES = 64
MOST_BYTES = 700
MOST_OPSET = 25
# Ops whose cases are larger, or of doubles and of a later opset alone, which changed other things.
LARGER = {"ConvTranspose", "Einsum"}


def numbers(array):
    return [float(f"{v:.7g}") for v in array.ravel()]


def main():
    known = set(open(sys.argv[2]).read().split())
    cases = []
    for case in collect_testcases(None):
        model = case.model
        nodes = {node.op_type for node in model.graph.node}
        if not nodes <= known or not case.data_sets or "expanded" in case.name:
            continue
        if any(each.version > MOST_OPSET for each in model.opset_import) and not nodes & LARGER:
            continue
        inputs, outputs = case.data_sets[0]
        arrays = [*inputs, *outputs]
        if not inputs or not all(isinstance(a, np.ndarray) and a.dtype.kind in "fiub" for a in arrays):
            continue
        x, y = inputs[0], outputs[0]
        scale = 10 if nodes & LARGER else 1
        types = (np.float32, np.float64) if nodes & LARGER else (np.float32,)
        if x.dtype not in types or y.dtype not in types or x.ndim == 0:
            continue
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            continue
        if not 0 < x.size <= scale * MOST_ENTRIES or not 0 < y.size <= scale * MOST_ENTRIES:
            continue
        held = onnx.ModelProto()
        held.CopyFrom(model)
        for each in held.opset_import:
            each.version = min(each.version, MOST_OPSET)
        for info, array in list(zip(model.graph.input, inputs))[1:]:
            held.graph.initializer.append(numpy_helper.from_array(array, info.name))
        data = held.SerializeToString()
        if len(data) > scale * MOST_BYTES:
            continue
        cases.append({
            "name": case.name,
            "model": base64.b64encode(data).decode(),
            "shape": list(x.shape),
            "x": numbers(x),
            "outputShape": list(y.shape),
            "output": numbers(y),
        })
    with open(sys.argv[1], "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(len(cases))


main()
