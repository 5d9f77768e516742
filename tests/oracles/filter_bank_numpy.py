"""Log mel filter banks by NumPy and SciPy, for tests/data/speech/filter_bank_test.ts.

    python3 tests/oracles/filter_bank_numpy.py | deno fmt --ext json - > tests/oracles/filter_bank_numpy.json

Written from the description of Kaldi's compute-fbank-feats (dither 0, 40 bins, the rest default).
The sound is round(9000 sin(0.02 i + 4e-6 i²) + 3000 sin(1.3 i)) for i = 0 … 1999: both sides compute
it. The filters are a dense matrix here, and the spectrum is SciPy's.
"""

import json
import sys

import numpy
import scipy
from scipy.fft import rfft

LENGTH, SHIFT, FFT, RATE, BINS = 400, 160, 512, 16000, 40

i = numpy.arange(2000, dtype=float)
samples = numpy.round(9000 * numpy.sin(0.02 * i + 4e-6 * i * i) + 3000 * numpy.sin(1.3 * i))

frames = numpy.lib.stride_tricks.sliding_window_view(samples, LENGTH)[::SHIFT]
frames = frames - frames.mean(axis=1, keepdims=True)
previous = numpy.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
window = numpy.hanning(LENGTH) ** 0.85
power = numpy.abs(rfft((frames - 0.97 * previous) * window, n=FFT, axis=1)) ** 2

mel = lambda hertz: 1127 * numpy.log(1 + hertz / 700)
edges = numpy.linspace(mel(20), mel(RATE / 2), BINS + 2)
bins = mel(numpy.arange(FFT // 2 + 1) * RATE / FFT)
filters = numpy.stack([
    numpy.interp(bins, edges[k : k + 3], [0, 1, 0], left=0, right=0) for k in range(BINS)
])
energies = numpy.log(numpy.maximum(power @ filters.T, 2.0**-23))

json.dump(
    {
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "frames": len(energies),
        "energies": energies.ravel().round(9).tolist(),
    },
    sys.stdout,
)
