"""Minima of 50 random bounded problems by SciPy's L-BFGS-B, for tests/optim/lbfgsb_scipy_test.ts.

    python3 tests/oracles/lbfgsb_scipy.py | deno fmt --ext json - > tests/oracles/lbfgsb_scipy.json

The problems are drawn from a linear congruential generator by the arithmetic of
tests/optim/random_problems.ts, so that nothing but the results needs to be stored.
"""
import json
import sys

import numpy as np
import scipy
from scipy.optimize import minimize

FAMILIES = ["convex-quadratic", "ill-conditioned", "rosenbrock", "powell", "logistic"]


class Uniform:
    """s <- 1664525 s + 1013904223 mod 2^32 (Numerical Recipes), u = s / 2^32."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, low, high):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return low + (high - low) * (self.state / 2**32)

    def vector(self, n, low, high):
        return np.array([self(low, high) for _ in range(n)])


def convex_quadratic(uniform, n):
    a = uniform.vector(n * n, -1, 1).reshape(n, n)
    b = uniform.vector(n, -2, 2)
    h = a.T @ a / n + 0.05 * np.eye(n)
    return lambda x: (x @ h @ x / 2 - b @ x, h @ x - b)


def ill_conditioned(uniform, n):
    c = uniform.vector(n, -1, 1)
    scale = 10 ** (4 * np.arange(n) / (n - 1))

    def f(x):
        v = x - c
        v[:-1] += 0.5 * x[1:]
        g = scale * v
        g[1:] += 0.5 * (scale * v)[:-1]
        return np.sum(scale * v * v) / 2, g

    return f


def rosenbrock(_uniform, _n):
    def f(x):
        r = x[1:] - x[:-1] ** 2
        g = np.zeros_like(x)
        g[1:] += 200 * r
        g[:-1] += -400 * x[:-1] * r - 2 * (1 - x[:-1])
        return np.sum(100 * r**2 + (1 - x[:-1]) ** 2), g

    return f


def powell(_uniform, n):
    def f(x):
        a, b, c, d = x.reshape(n // 4, 4).T
        r, s, t, u = a + 10 * b, c - d, b - 2 * c, a - d
        g = np.stack(
            [
                2 * r + 40 * u**3,
                20 * r + 4 * t**3,
                10 * s - 8 * t**3,
                -10 * s - 40 * u**3,
            ],
            axis=1,
        )
        return np.sum(r**2 + 5 * s**2 + t**4 + 10 * u**4), g.ravel()

    return f


def logistic(uniform, n):
    rows = 30
    a = uniform.vector(rows * n, -2, 2).reshape(rows, n)

    def f(x):
        e = np.exp(-(a @ x))
        value = np.sum(np.log1p(e)) / rows + 0.005 * x @ x
        return value, -(a.T @ (e / (1 + e))) / rows + 0.01 * x

    return f


MAKERS = [convex_quadratic, ill_conditioned, rosenbrock, powell, logistic]


def problem(family, seed):
    uniform = Uniform(seed)
    n = 4 * (1 + seed % 3) if FAMILIES[family] == "powell" else 5 + seed % 16
    f = MAKERS[family](uniform, n)
    lower, upper = np.full(n, -np.inf), np.full(n, np.inf)
    for i in range(n):
        kind = uniform(0, 1)
        low, width = uniform(-1.5, 1), uniform(0, 2)
        if 0.2 <= kind < 0.9:
            lower[i] = low
        if 0.4 <= kind < 0.9:
            upper[i] = low + width
        if kind >= 0.9:
            lower[i] = upper[i] = low
    return f, uniform.vector(n, -2, 2), lower, upper


def main():
    results = []
    for seed in range(50):
        family = seed % 5
        f, start, lower, upper = problem(family, seed)
        r = minimize(
            f,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(lower, upper)),
            options=dict(maxcor=10, ftol=1e-14, gtol=1e-9, maxiter=15000, maxfun=15000),
        )
        results.append(
            dict(
                family=FAMILIES[family],
                seed=seed,
                value=float(r.fun),
                iterations=int(r.nit),
                evaluations=int(r.nfev),
                active=int(np.sum((r.x == lower) | (r.x == upper))),
            )
        )
    json.dump(
        dict(scipy=scipy.__version__, numpy=np.__version__, problems=results),
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
