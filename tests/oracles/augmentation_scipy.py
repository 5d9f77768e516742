"""Flipped, rotated and shifted images by SciPy, for tests/data/augmentation_test.ts.

    python3 tests/oracles/augmentation_scipy.py | deno fmt --ext json - > tests/oracles/augmentation_scipy.json

The image is I[y, x, c] = sin(1 + 3.1 y + 1.7 x + 0.9 c), rounded to float32: both sides compute it.
"""

import json
import sys

import numpy
import scipy
from scipy.ndimage import affine_transform

SHAPE = (9, 12, 2)
TRANSFORMS = [
    {"flip": False, "radians": 0.0, "down": 0.0, "right": 0.0},
    {"flip": True, "radians": 0.0, "down": 0.0, "right": 0.0},
    {"flip": False, "radians": 0.17, "down": 0.0, "right": 0.0},
    {"flip": False, "radians": 0.0, "down": 1.7, "right": -2.25},
    {"flip": True, "radians": -0.12, "down": -1.3, "right": 0.6},
    {"flip": True, "radians": 2.5, "down": 20.0, "right": 3.5},
]

y, x, c = numpy.indices(SHAPE)
image = numpy.sin(1 + 3.1 * y + 1.7 * x + 0.9 * c).astype(numpy.float32).astype(float)
centre = (numpy.array(SHAPE[:2]) - 1) / 2


def transformed(flip, radians, down, right):
    """What the picture looks like after it was mirrored, turned clockwise and shifted."""
    source = image[:, ::-1] if flip else image
    cos, sin = numpy.cos(radians), numpy.sin(radians)
    matrix = numpy.array([[cos, -sin], [sin, cos]])
    offset = centre - matrix @ (centre + [down, right])
    planes = [
        affine_transform(source[:, :, k], matrix, offset, order=1, mode="nearest")
        for k in range(SHAPE[2])
    ]
    return numpy.stack(planes, axis=2)


json.dump(
    {
        "scipy": scipy.__version__,
        "shape": SHAPE,
        "cases": [
            {"transform": t, "image": transformed(**t).ravel().round(9).tolist()} for t in TRANSFORMS
        ],
    },
    sys.stdout,
)
