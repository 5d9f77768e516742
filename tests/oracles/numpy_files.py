"""Writes golden/numpy_files.json: files of NumPy as base64, with their numbers.

usage: python numpy_files.py > ../golden/numpy_files.json     (NumPy 2)
"""

import base64
import io
import json

import numpy as np


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return base64.b64encode(out.getvalue()).decode()


def npz(compress, **arrays):
    out = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(out, **arrays)
    return base64.b64encode(out.getvalue()).decode()


base = np.arange(-3, 9).reshape(3, 4)
cases = {}
for dtype in ["?", "u1", "i1", "<u2", ">i2", "<u4", ">i4", "<i8", ">i8", "<u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    array = np.abs(base).astype(dtype) if "u" in dtype or dtype == "?" else (base / 4 if "f" in dtype else base).astype(dtype)
    cases[dtype] = array
cases["columns"] = np.asfortranarray((base / 8).astype("<f8"))
cases["cube in columns"] = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
cases["scalar"] = np.float32(2.5)[()] * np.ones((), "<f4")
cases["empty"] = np.zeros((0, 3), "<f4")
files = [
    {"name": name, "file": npy(array), "shape": list(array.shape), "numbers": np.ravel(array, "C").astype(float).tolist()}
    for name, array in cases.items()
]
files.append({"name": "version 2", "file": npy(cases["<f4"], (2, 0)), "shape": [3, 4],
              "numbers": np.ravel(cases["<f4"]).astype(float).tolist()})
images = np.arange(2 * 3 * 2 * 2, dtype="u1").reshape(2, 3, 2, 2)
labels = np.array([1, 0])
print(json.dumps({
    "npy": files,
    "text": npy(np.array(["a", "b"])),
    "npz": {"stored": npz(False, x=images, y=labels), "compressed": npz(True, x=images, y=labels)},
}, indent=1))
