"""Writes tests/golden/numpy.safetensors with Python's own library: pip install safetensors numpy."""
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

golden = Path(__file__).parent.parent / "golden"
golden.mkdir(exist_ok=True)
tensors = {
    "dense1/kernel": (np.arange(6, dtype=np.float32) / 2).reshape(2, 3),
    "labels": np.array([-3, 9], dtype=np.int32),
}
save_file(tensors, golden / "numpy.safetensors", metadata={"made": "by Python"})
