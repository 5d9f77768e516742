/** Images of another size, by nearest neighbours, linear or cubic interpolation. */
import type { Value } from "../../../graph/value.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand, type Operand } from "../operand.ts";
import { axisOf, known, type RuleContext, type Rules, valueOf } from "../rule.ts";
import { alongAxis, type Taps } from "./along_axis.ts";

/** How a node of some opset resizes. */
interface Manner {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  /** a of the cubic kernel. */
  readonly sharpness: number;
  readonly excludesOutside: boolean;
}

function mannerOf(node: OnnxNode, isOld: boolean): Manner {
  const refused = ["antialias", "keep_aspect_ratio_policy"].find((name) =>
    node.int(name, 0) !== 0 || !["", "stretch"].includes(node.text(name, ""))
  );
  if (refused) throw new RangeError(`it resizes with ${refused}; Basin does so without`);
  return {
    mode: node.text("mode", "nearest"),
    coordinates: node.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel"),
    nearest: node.text("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
    sharpness: node.float("cubic_coeff_a", -0.75),
    excludesOutside: node.int("exclude_outside", 0) !== 0,
  };
}

/** Where in the old axis an entry of the new one lies. */
function coordinateOf(
  o: number,
  extent: number,
  count: number,
  scale: number,
  coordinates: string,
): number {
  const centred = (o + 0.5) / scale - 0.5;
  switch (coordinates) {
    case "half_pixel":
      return centred;
    case "pytorch_half_pixel":
      return count > 1 ? centred : 0;
    case "half_pixel_symmetric":
      return extent / 2 * (1 - count / (scale * extent)) + centred;
    case "align_corners":
      // By the length that the scale gives, which need not be whole.
      return scale * extent === 1 ? 0 : o * (extent - 1) / (scale * extent - 1);
    case "asymmetric":
      return o / scale;
    default:
      throw new RangeError(`it places pixels by ${coordinates}, which Basin does not know`);
  }
}

const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  "round_prefer_floor": (x) => Math.ceil(x - 0.5),
  "round_prefer_ceil": (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Old entries around a place, with their factors. */
function tapsAt(
  place: number,
  { mode, nearest, sharpness: a }: Manner,
): [index: number, factor: number][] {
  if (mode === "nearest") {
    const round = NEAREST[nearest];
    if (round) return [[round(place), 1]];
    throw new RangeError(`it rounds by ${nearest}, which Basin does not know`);
  }
  const first = Math.floor(place);
  const t = place - first;
  if (mode === "linear") return [[first, 1 - t], [first + 1, t]];
  if (mode !== "cubic") {
    throw new RangeError(`it resizes by the mode ${mode}; want nearest, linear or cubic`);
  }
  // Keys 1981, Cubic Convolution Interpolation for Digital Image Processing.
  const near = (d: number) => (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  const far = (d: number) => a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a;
  return [
    [first - 1, far(1 + t)],
    [first, near(t)],
    [first + 1, near(1 - t)],
    [first + 2, far(2 - t)],
  ];
}

function tapsOf(extent: number, count: number, scale: number, manner: Manner): Taps[] {
  return Array.from({ length: count }, (_, o): Taps => {
    const place = coordinateOf(o, extent, count, scale, manner.coordinates);
    const taps = tapsAt(place, manner);
    const inside = taps.filter(([i]) => i >= 0 && i < extent);
    if (manner.excludesOutside && inside.length < taps.length) {
      const total = inside.reduce((sum, [, factor]) => sum + factor, 0);
      return inside.map(([i, factor]) => [i, factor / total]);
    }
    return taps.map(([i, factor]) => [Math.min(Math.max(i, 0), extent - 1), factor]);
  });
}

function resized(
  x: Value,
  [scales, sizes]: readonly (readonly number[] | undefined)[],
  node: OnnxNode,
  isOld: boolean,
  context: RuleContext,
): Value {
  const manner = mannerOf(node, isOld);
  const axes = node.ints("axes")?.map((axis) => axisOf(axis, x.shape.length)) ??
    [...x.shape.keys()];
  return axes.reduce((value, axis, k) => {
    const extent = x.shape[axis]!;
    const scale = scales?.[k] ?? (sizes?.[k] ?? extent) / extent;
    const count = scales ? Math.floor(extent * scale) : sizes?.[k] ?? extent;
    // The file's own number of examples is none that is resized.
    if (scale === 1 || axis === 0) return value;
    return alongAxis(value, axis, tapsOf(extent, count, scale, manner), context);
  }, x);
}

function entriesOf(operand: Operand | undefined): readonly number[] | undefined {
  const data = known(operand, "size")?.data;
  return data && data.length > 0 ? [...data] : undefined;
}

/** The rules. */
export const RESIZE_RULES: Rules = {
  Resize: {
    graph([x, ...rest], node, context) {
      const isOld = context.opset < 11;
      const [scales, sizes] = (isOld ? [rest[0]] : rest.slice(1)).map(entriesOf);
      return [graphOperand(resized(valueOf(x, context), [scales, sizes], node, isOld, context))];
    },
  },
  Upsample: {
    graph([x, scales], node, context) {
      const given = entriesOf(scales) ?? node.floats("scales");
      return [graphOperand(resized(valueOf(x, context), [given], node, true, context))];
    },
  },
};
