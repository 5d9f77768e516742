"""Eigenvalues and Ritz values by SciPy, for tests/curvature/scipy_test.ts.

    python3 tests/oracles/curvature_scipy.py | deno fmt --ext json - > tests/oracles/curvature_scipy.json

The matrix is H_ij = sin(i j + i + j) + 40 cos(i) [i = j], the columns A_ij = cos(i (j + 1) / 2) of
length 1 + j, indices from 0: both sides compute them, none is stored.
"""

import json
import sys

import numpy
import scipy
from scipy.linalg import eigh, eigh_tridiagonal

N, P, STEPS = 60, 7, 12

i = numpy.arange(N, dtype=float)
hessian = numpy.sin(numpy.outer(i, i) + i[:, None] + i[None, :]) + 40 * numpy.diag(numpy.cos(i))
columns = numpy.cos(numpy.outer(i, numpy.arange(1, P + 1)) / 2)
columns *= (1 + numpy.arange(P)) / numpy.linalg.norm(columns, axis=0)

# Ritz values: the generalised problem itself, which the library does not solve in this form.
reduced, gram = columns.T @ hessian @ columns, columns.T @ columns
theta, u = eigh(reduced, gram)
ritz_vectors = columns @ u
misfit = hessian @ ritz_vectors - ritz_vectors * theta
ritz_residuals = numpy.linalg.norm(misfit, axis=0) / numpy.linalg.norm(ritz_vectors, axis=0)

# Lanczos from (1, …, 1): the Krylov space by QR of its power basis would be ill-conditioned, so the
# basis is built here by Householder's QR of [q, Hq_1, Hq_2, …], one column at a time.
basis = numpy.full((N, 1), 1 / numpy.sqrt(N))
for _ in range(STEPS - 1):
    q, _ = numpy.linalg.qr(numpy.column_stack([basis, hessian @ basis[:, -1]]))
    q *= numpy.sign(numpy.sum(q * numpy.column_stack([basis, hessian @ basis[:, -1]]), axis=0))
    basis = q
values, vectors = eigh(basis.T @ hessian @ basis)
lanczos_misfit = hessian @ basis @ vectors - basis @ vectors * values

result = {
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
    "eigenvalues": eigh(hessian, eigvals_only=True).tolist(),
    "ritz": {"values": theta.tolist(), "residuals": ritz_residuals.tolist()},
    "lanczos": {
        "values": values.tolist(),
        "residuals": numpy.linalg.norm(lanczos_misfit, axis=0).tolist(),
        "weights": (vectors[0] ** 2).tolist(),
    },
    # Clement's matrix with a random-looking diagonal: T of tridiagonalEigen().
    "tridiagonal": eigh_tridiagonal(
        10 * numpy.sin(i), numpy.sqrt((i[:-1] + 1) * (N - 1 - i[:-1])), eigvals_only=True
    ).tolist(),
}
json.dump(result, sys.stdout)
