/** Slow dense algebra, row-major, against which the compact forms are tested. */

/** A v for A of shape [n, n]. */
export function multiply(a: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a[i * n + j]! * v[j]!;
    return sum;
  });
}

/** aᵀb. */
export function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, ai, i) => sum + ai * b[i]!, 0);
}

/** Solves A z = b by Gaussian elimination with partial pivoting. */
export function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const rows = Array.from({ length: n }, (_, i) => [...a.subarray(i * n, i * n + n), b[i]!]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  const z = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= rows[i]![j]! * z[j]!;
    z[i] = sum / rows[i]![i]!;
  }
  return z;
}

/** B₊ = B − (Bs)(Bs)ᵀ / sᵀBs + yyᵀ / sᵀy, the BFGS update (Nocedal and Wright, eq. 6.19). */
export function bfgsUpdate(b: Float64Array, s: Float64Array, y: Float64Array): Float64Array {
  const n = s.length;
  const bs = multiply(b, s);
  const sbs = inner(s, bs);
  const sy = inner(s, y);
  return b.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return value - bs[i]! * bs[j]! / sbs + y[i]! * y[j]! / sy;
  });
}

/** θI plus the BFGS updates of the pairs in turn. */
export function denseBfgs(
  n: number,
  theta: number,
  pairs: readonly { readonly s: Float64Array; readonly y: Float64Array }[],
): Float64Array {
  const identity = Float64Array.from(
    { length: n * n },
    (_, at) => at % (n + 1) === 0 ? theta : 0,
  );
  return pairs.reduce<Float64Array>((b, { s, y }) => bfgsUpdate(b, s, y), identity);
}
