"""Examples in the formats that people keep them in, by the libraries that they use.

    python data_files.py > data_files.json

Files in base64, with the numbers that a reader has to find. Made with numpy 2, pillow 12, pyarrow 22,
safetensors 0.6.
"""

import base64
import gzip
import io
import json
import struct

import numpy
import pyarrow
import pyarrow.parquet
from PIL import Image
from safetensors.numpy import save

rng = numpy.random.default_rng(7)
colour = rng.integers(0, 256, (4, 5, 6, 3), dtype=numpy.uint8)
grey = rng.integers(0, 256, (5, 6), dtype=numpy.uint8)
labels = numpy.array([2, 0, 1, 2])


def base(data):
    return base64.b64encode(data).decode()


def image(pixels, kind, mode=None, **options):
    stream = io.BytesIO()
    made = Image.fromarray(pixels)
    (made.convert(mode) if mode else made).save(stream, kind, **options)
    return stream.getvalue()


def table(columns, compression):
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), stream, compression=compression)
    return base(stream.getvalue())


def idx(array, code):
    head = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


palette = Image.fromarray(colour[0]).quantize(16)
stream = io.BytesIO()
palette.save(stream, "PNG")
# Without subsampling: readers interpolate colour in different ways.
jpeg = image(colour[0], "JPEG", quality=95, subsampling=0)
grey_jpeg = image(grey, "JPEG", quality=95)
alpha = numpy.concatenate([colour[0], grey[..., None]], axis=2)
deep = (grey.astype(numpy.uint16) << 8) + 17
rows = rng.normal(size=(4, 3))
images = [{"bytes": image(pixels, "PNG"), "path": f"{i}.png"} for i, pixels in enumerate(colour)]

print(json.dumps({
    "colour": colour.reshape(4, -1).tolist(),
    "grey": grey.reshape(-1).tolist(),
    "labels": labels.tolist(),
    "rows": rows.reshape(-1).tolist(),
    "images": {
        "png": base(image(colour[0], "PNG")),
        "alpha": base(image(alpha, "PNG")),
        "grey": base(image(grey, "PNG")),
        "deep": base(image(deep, "PNG")),
        "palette": base(stream.getvalue()),
        "jpeg": base(jpeg),
        "greyJpeg": base(grey_jpeg),
    },
    "decoded": {
        "palette": numpy.asarray(palette.convert("RGB")).reshape(-1).tolist(),
        "jpeg": numpy.asarray(Image.open(io.BytesIO(jpeg))).reshape(-1).tolist(),
        "greyJpeg": numpy.asarray(Image.open(io.BytesIO(grey_jpeg))).reshape(-1).tolist(),
    },
    "pngs": [base(image(pixels, "PNG")) for pixels in colour],
    "parquet": {
        codec: table({"image": images, "label": labels}, codec) for codec in ("snappy", "zstd", "gzip")
    },
    "numbers": table({"a": rows[:, 0], "b": list(rows[:, 1:]), "label": labels}, "snappy"),
    "safetensors": base(save({"x": rows.astype(numpy.float32), "labels": labels.astype(numpy.int64)})),
    "idxImages": base(gzip.compress(idx(colour[..., 0], 0x08), mtime=0)),
    "idxLabels": base(idx(labels.astype(numpy.uint8), 0x08)),
    "idxFloats": base(idx(rows.astype(numpy.float32), 0x0D)),
}))
