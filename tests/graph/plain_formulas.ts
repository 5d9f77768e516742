/** Textbook loops over plain arrays, which share no code with the library. */

type Extents = readonly number[];

/** f(a, b) with broadcasting, for up to three axes. */
export function broadcastPlain(
  a: Float64Array,
  aShape: Extents,
  b: Float64Array,
  bShape: Extents,
  f: (a: number, b: number) => number,
): number[] {
  const [a0, a1, a2] = [...[1, 1, 1].slice(aShape.length), ...aShape] as [number, number, number];
  const [b0, b1, b2] = [...[1, 1, 1].slice(bShape.length), ...bShape] as [number, number, number];
  const result: number[] = [];
  for (let i = 0; i < Math.max(a0, b0); i++) {
    for (let j = 0; j < Math.max(a1, b1); j++) {
      for (let k = 0; k < Math.max(a2, b2); k++) {
        const ai = a[((i % a0) * a1 + (j % a1)) * a2 + (k % a2)]!;
        const bi = b[((i % b0) * b1 + (j % b1)) * b2 + (k % b2)]!;
        result.push(f(ai, bi));
      }
    }
  }
  return result;
}

/** Σ_k A_ik B_kj. */
export function matMulPlain(
  a: Float64Array,
  [aRows, aColumns]: Extents,
  transposeA: boolean,
  b: Float64Array,
  [bRows, bColumns]: Extents,
  transposeB: boolean,
): number[] {
  const left = (i: number, k: number) => transposeA ? a[k * aColumns! + i]! : a[i * aColumns! + k]!;
  const right = (k: number, j: number) =>
    transposeB ? b[j * bColumns! + k]! : b[k * bColumns! + j]!;
  const [rows, inner] = transposeA ? [aColumns!, aRows!] : [aRows!, aColumns!];
  const columns = transposeB ? bRows! : bColumns!;
  const product: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      product.push(0);
      for (let k = 0; k < inner; k++) product[i * columns + j]! += left(i, k) * right(k, j);
    }
  }
  return product;
}

/** Sums by the text of the index with the summed axes struck out. */
export function sumPlain(x: Float64Array, shape: Extents, axes: readonly number[]): number[] {
  const totals = new Map<string, number>();
  x.forEach((xi, flat) => {
    const index = shape.map((extent, axis) => {
      const stride = shape.slice(axis + 1).reduce((product, inner) => product * inner, 1);
      return axes.includes(axis) ? "·" : Math.floor(flat / stride) % extent;
    });
    totals.set(`${index}`, (totals.get(`${index}`) ?? 0) + xi);
  });
  return [...totals.values()]; // in the order of first appearance, which is row-major
}

/** exp z_j / Σ_k exp z_k row by row, without a shift. */
export function softmaxPlain(z: Float64Array, columns: number): Float64Array {
  return z.map((zi, i) => {
    const row = z.slice(i - (i % columns), i - (i % columns) + columns);
    return Math.exp(zi) / row.reduce((total, zj) => total + Math.exp(zj), 0);
  });
}

/** −ln p_label of each row. */
export function crossEntropyPlain(z: Float64Array, y: Float64Array, columns: number): number[] {
  const p = softmaxPlain(z, columns);
  return Array.from(y, (label, row) => -Math.log(p[row * columns + label]!));
}

/** γ (x − μ)/√(σ² + ε) + β, channel by channel. */
export function batchNormPlain(
  x: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  epsilon: number,
): Float64Array {
  const channels = gamma.length;
  const y = new Float64Array(x.length);
  gamma.forEach((scale, channel) => {
    const ofChannel = x.filter((_, i) => i % channels === channel);
    const mean = ofChannel.reduce((total, xi) => total + xi, 0) / ofChannel.length;
    const variance = ofChannel.reduce((total, xi) => total + (xi - mean) ** 2, 0) /
      ofChannel.length;
    ofChannel.forEach((xi, row) => {
      y[row * channels + channel] = scale * (xi - mean) / Math.sqrt(variance + epsilon) +
        beta[channel]!;
    });
  });
  return y;
}

/** What a window sees at one position: entries [h, w, channels] of the padded image. */
type Patch = (row: number, column: number, channel: number) => number;

/** Visits the windows of a padded image in the order of the output. */
function forEachPatch(
  x: Float64Array,
  [batch, height, width, channels]: Extents,
  [h, w]: readonly [number, number],
  { stride, padding }: { stride: number; padding: "same" | "valid" },
  filler: number,
  visit: (patch: Patch) => void,
): void {
  const axis = (extent: number, window: number) => {
    if (padding === "valid") return { count: Math.floor((extent - window) / stride) + 1, skip: 0 };
    const count = Math.ceil(extent / stride);
    // The least total padding for so many positions, the odd one of it at the end.
    return { count, skip: Math.floor(Math.max(0, (count - 1) * stride + window - extent) / 2) };
  };
  const [down, across] = [axis(height!, h), axis(width!, w)];
  for (let n = 0; n < batch!; n++) {
    for (let r = 0; r < down.count; r++) {
      for (let c = 0; c < across.count; c++) {
        visit((i, j, channel) => {
          const row = r * stride - down.skip + i;
          const column = c * stride - across.skip + j;
          if (row < 0 || column < 0 || row >= height! || column >= width!) return filler;
          return x[((n * height! + row) * width! + column) * channels! + channel]!;
        });
      }
    }
  }
}

/** Cross-correlation, each output the inner product of a patch and a kernel. */
export function convolutionPlain(
  x: Float64Array,
  image: Extents,
  kernel: Float64Array,
  [h, w, channels, filters]: Extents,
  options: { stride: number; padding: "same" | "valid" },
): number[] {
  const y: number[] = [];
  forEachPatch(x, image, [h!, w!], options, 0, (patch) => {
    for (let k = 0; k < filters!; k++) {
      let total = 0;
      kernel.forEach((entry, flat) => {
        if (flat % filters! !== k) return;
        const tap = Math.floor(flat / filters!);
        const [i, j] = [Math.floor(tap / (w! * channels!)), Math.floor(tap / channels!) % w!];
        total += entry * patch(i, j, tap % channels!);
      });
      y.push(total);
    }
  });
  return y;
}

/** Largest entry of each patch, channel by channel. */
export function maxPoolPlain(
  x: Float64Array,
  image: Extents,
  { window, ...options }: { window: number; stride: number; padding: "same" | "valid" },
): number[] {
  const y: number[] = [];
  const taps = Array.from({ length: window * window }, (_, tap) => tap);
  forEachPatch(x, image, [window, window], options, -Infinity, (patch) => {
    for (let channel = 0; channel < image[3]!; channel++) {
      const seen = taps.map((tap) => patch(Math.floor(tap / window), tap % window, channel));
      y.push(Math.max(...seen));
    }
  });
  return y;
}

/** erf by Simpson's rule with steps of |x|/2000: an error below 1e-14. */
export function erfPlain(x: number): number {
  const steps = 2000;
  const h = x / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((i * h) ** 2));
  }
  return 2 / Math.sqrt(Math.PI) * sum * h / 3;
}
