"""Trial steps of MINPACK-2's dcsrch, as ported in SciPy, for tests/optim/more_thuente_test.ts.

    python3 tests/oracles/lbfgsb_line_search.py | deno fmt --ext json - > tests/oracles/lbfgsb_line_search.json

Functions (5.1)-(5.3) and (5.4) of More and Thuente 1994, from far too short to far too long steps.
"""
import json
import sys

import numpy as np
import scipy
from scipy.optimize._dcsrch import DCSRCH


def rational(a):
    return -a / (a * a + 2), (a * a - 2) / (a * a + 2) ** 2


def quintic(a):
    b = a + 0.004
    return b**5 - 2 * b**4, 5 * b**4 - 8 * b**3


def wavy(a):
    beta, l = 0.01, 39
    if a <= 1 - beta:
        p, dp = 1 - a, -1.0
    elif a >= 1 + beta:
        p, dp = a - 1, 1.0
    else:
        p, dp = (a - 1) ** 2 / (2 * beta) + beta / 2, (a - 1) / beta
    w = l * np.pi / 2
    return p + 2 * (1 - beta) / (l * np.pi) * np.sin(w * a), dp + (1 - beta) * np.cos(w * a)


def yanai(a):
    def gamma(b):
        return np.sqrt(1 + b * b) - b

    b1, b2 = 0.001, 0.01
    p, q = np.hypot(1 - a, b2), np.hypot(a, b1)
    return gamma(b1) * p + gamma(b2) * q, gamma(b1) * (a - 1) / p + gamma(b2) * a / q


FUNCTIONS = dict(rational=rational, quintic=quintic, wavy=wavy, yanai=yanai)
FIRST_STEPS = [1e-3, 1e-2, 0.1, 0.3, 0.7, 1.0, 1.2, 2.0, 5.0, 10.0, 100.0, 1000.0]
TOLERANCES = [
    dict(ftol=1e-3, gtol=0.9, xtol=0.1),
    dict(ftol=1e-3, gtol=0.1, xtol=1e-10),
    dict(ftol=0.1, gtol=0.1, xtol=1e-10),
]


def main():
    searches = []
    for name, f in FUNCTIONS.items():
        for t in TOLERANCES:
            for first in FIRST_STEPS:
                steps = []

                def phi(a):
                    steps.append(float(a))
                    return f(a)[0]

                search = DCSRCH(phi, lambda a: f(a)[1], stpmin=0, stpmax=1e10, **t)
                value, slope = f(0.0)
                _, _, _, task = search(first, phi0=value, derphi0=slope, maxiter=60)
                searches.append(
                    dict(function=name, tolerances=t, first=first, steps=steps, task=task.decode())
                )
    json.dump(dict(scipy=scipy.__version__, searches=searches), sys.stdout)
    print()


if __name__ == "__main__":
    main()
