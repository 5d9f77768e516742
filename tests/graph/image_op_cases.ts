import { conv2d } from "../../lib/graph/ops/conv2d.ts";
import { maxPool } from "../../lib/graph/ops/max_pool.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { type Shape, showShape } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import type { Convolution, Pool } from "../../lib/graph/window.ts";
import { type CaseInput, nodeWithin, type OpCase, real } from "./op_case.ts";
import { convolutionPlain, maxPoolPlain } from "./plain_formulas.ts";

/** Images, kernels and strides: even and odd sizes, more padding on one side, none, a 1×1 kernel. */
const CONVOLUTIONS: readonly [Shape, Shape, Convolution][] = [
  [[2, 4, 5, 2], [3, 3, 2, 3], { stride: 1, padding: "same" }],
  [[1, 5, 4, 1], [3, 2, 1, 2], { stride: 2, padding: "same" }],
  [[1, 6, 6, 2], [5, 5, 2, 2], { stride: 1, padding: "same" }],
  [[2, 5, 5, 1], [3, 3, 1, 2], { stride: 1, padding: "valid" }],
  [[1, 6, 7, 2], [3, 3, 2, 1], { stride: 2, padding: "valid" }],
  [[2, 3, 3, 2], [1, 1, 2, 3], { stride: 1, padding: "same" }],
  [[1, 4, 4, 1], [2, 2, 1, 1], { stride: 3, padding: "same" }],
];

function convolutionCases(): OpCase[] {
  return CONVOLUTIONS.flatMap(([image, kernel, options]): OpCase[] => {
    const label = `${showShape(image)} ${showShape(kernel)}, ${show(options)}`;
    const output = conv2d(shaped(image), shaped(kernel), options).shape;
    const gradients = (x: Value, w: Value, g: Value) => vjp(conv2d(x, w, options), g, [x, w]);
    return [
      {
        op: "conv2d",
        label,
        inputs: [real(image), real(kernel)],
        build: (x, w) => conv2d(x!, w!, options),
        formula: (x, w) => convolutionPlain(x!, image, w!, kernel, options),
      },
      // Each adjoint has only two of the three as its inputs: the third gives the shape.
      {
        op: "conv2dInputGradient",
        label,
        inputs: [real(kernel), real(output)],
        build: (w, g) => gradients(shaped(image), w!, g!)[0]!,
      },
      {
        op: "conv2dKernelGradient",
        label,
        inputs: [real(image), real(output)],
        build: (x, g) => gradients(x!, shaped(kernel), g!)[1]!,
      },
    ];
  });
}

/** The paper's two pools, a window with gaps between, one over all, no padding, and as many out as in. */
const POOLS: readonly [Shape, Pool][] = [
  [[2, 5, 6, 2], { window: 3, stride: 2, padding: "same" }],
  [[1, 4, 4, 3], { window: 2, stride: 2, padding: "same" }],
  [[1, 5, 5, 1], { window: 2, stride: 3, padding: "same" }],
  [[1, 5, 4, 2], { window: 3, stride: 1, padding: "valid" }],
  [[1, 3, 3, 1], { window: 3, stride: 3, padding: "valid" }],
  [[2, 3, 4, 2], { window: 3, stride: 1, padding: "same" }],
  [[2, 1, 1, 3], { window: 3, stride: 2, padding: "same" }],
];

function poolCases(): OpCase[] {
  return POOLS.flatMap(([image, pool]): OpCase[] => {
    const label = `${showShape(image)}, window ${pool.window}, ${show(pool)}`;
    const output = maxPool(shaped(image), pool).shape;
    return [
      {
        op: "maxPool",
        label,
        inputs: [farApart(image)],
        build: (x) => maxPool(x!, pool),
        formula: (x) => maxPoolPlain(x!, image, pool),
      },
      {
        op: "scatterToMaxima",
        label,
        inputs: [farApart(image), real(output)],
        build: (x, g) => vjp(maxPool(x!, pool), g!, [x!])[0]!,
      },
      {
        op: "gatherAtMaxima",
        label,
        inputs: [farApart(image), real(image)],
        build(x, t) {
          const scattered = vjp(maxPool(x!, pool), maxPool(x!, pool), [x!])[0]!;
          return nodeWithin(vjp(scattered, t!, [x!])[0]!, "gatherAtMaxima");
        },
      },
    ];
  });
}

/** Entries that differ by at least 1/size, in a scrambled order, so that no kink is near. */
function farApart(shape: Shape): CaseInput {
  return {
    shape,
    kind: "placeholder",
    draw: (size, name) => {
      const { draw } = real([size]);
      const ranks = Array.from(draw(size, name), (key, i) => ({ key, i }))
        .toSorted((a, b) => a.key - b.key);
      const entries = new Float64Array(size);
      ranks.forEach(({ i }, rank) => entries[i] = Math.fround((2 * rank + 1) / size - 1));
      return entries;
    },
  };
}

/** A value that stands for its shape alone. */
function shaped(shape: Shape): Value {
  return placeholder("shape", shape);
}

function show({ stride, padding }: Convolution): string {
  return `stride ${stride}, ${padding}`;
}

/** Every op on images. */
export const IMAGE_CASES: readonly OpCase[] = [...convolutionCases(), ...poolCases()];
