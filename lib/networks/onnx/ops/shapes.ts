/** What changes shapes, and what exporters compute shapes with. */
import { concat } from "../../../graph/ops/concat.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { broadcastTo } from "../../../graph/ops/sum.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { broadcastShapes, type Shape, showShape, sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { freedReshape } from "../free_batch.ts";
import { gathered, joined, reshaped } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand, hostOperand } from "../operand.ts";
import { axisOf, known, type Rule, type RuleContext, type Rules, valueOf } from "../rule.ts";
import { floats, type HostTensor, vector, wholes } from "../tensor.ts";
import { alongAxis, type Taps } from "./along_axis.ts";
import { split } from "./parts.ts";

/** A rule that needs only the input's shape, and gives entries another one. */
function shapeRule(
  target: (
    shape: Shape,
    rest: readonly (HostTensor | undefined)[],
    node: OnnxNode,
  ) => Shape,
): Rule {
  return {
    host: ([x, ...rest], node) => [reshaped(x!, target(x!.shape, rest, node))],
    graph([x, ...rest], node, context) {
      const shape = target(x!.shape, rest.map((each) => known(each, "shape")), node);
      return [graphOperand(reshape(valueOf(x, context), shape))];
    },
  };
}

/** A number of examples that the file has fixed becomes free. */
const RESHAPE: Rule = {
  host([x, wanted], node, context) {
    const freed = freedTarget(x!.shape, node, context, () => false);
    return [reshaped(x!, freed?.shape ?? reshapeTarget(x!.shape, wanted, node))];
  },
  graph([x, wanted], node, context) {
    const value = valueOf(x, context);
    const { innerAxes } = context;
    const isInner = (extent: number) => isInnerPart(value, extent, innerAxes);
    const freed = freedTarget(value.shape, node, context, isInner);
    const shape = freed?.shape ?? reshapeTarget(value.shape, known(wanted, "shape"), node);
    const result = reshape(value, shape);
    if (freed && result !== value) innerAxes.add({ value: result, innerExtent: freed.innerExtent });
    return [graphOperand(result)];
  },
};

/** The target for the examples at hand; `undefined` where the file leaves their number open. */
function freedTarget(
  shape: Shape,
  node: OnnxNode,
  { declaredShapes }: RuleContext,
  isInnerPart: (extent: number) => boolean,
): { readonly shape: Shape; readonly innerExtent: number | undefined } | undefined {
  const from = declaredShapes?.get(node.inputs[0]!);
  const to = declaredShapes?.get(node.outputs[0]!);
  if (!from || !to) return undefined;
  const isInner = shape.some((extent, axis) => extent !== from[axis] && isInnerPart(from[axis]!));
  const freed = freedReshape(shape, { from, to, isInner });
  const { innerOf } = freed ?? {};
  return freed &&
    { shape: freed.shape, innerExtent: innerOf === undefined ? undefined : to[innerOf] };
}

/** Whether a reshape, the last one on a way to a value, made an axis of this extent around the examples. */
function isInnerPart(value: Value, extent: number, freed: RuleContext["innerAxes"]): boolean {
  const made = new Map([...freed].map((each) => [each.value, each.innerExtent]));
  const open = [value];
  const seen = new Set(open);
  for (let next = open.pop(); next; next = open.pop()) {
    if (made.has(next)) {
      if (made.get(next) === extent) return true;
      continue;
    }
    for (const input of next.inputs) {
      if (!seen.has(input)) open.push(input);
      seen.add(input);
    }
  }
  return false;
}

/** ONNX's target: 0 keeps an extent, −1 is what is left. */
function reshapeTarget(shape: Shape, wanted: HostTensor | undefined, node: OnnxNode): Shape {
  const asked = [...wanted?.data ?? node.ints("shape") ?? []];
  const copies = node.int("allowzero", 0) === 0;
  const target = asked.map((extent, axis) => extent === 0 && copies ? shape[axis] ?? 0 : extent);
  const size = sizeOf(shape);
  const open = target.indexOf(-1);
  const others = sizeOf(target.filter((extent) => extent !== -1));
  if (open < 0 && others === size) return target;
  if (open >= 0 && others > 0 && size % others === 0) return target.with(open, size / others);
  throw new RangeError(`it cannot give ${showShape(shape)} the shape ${showShape(asked)}`);
}

function axesOf(given: HostTensor | undefined, node: OnnxNode): readonly number[] | undefined {
  return given ? [...given.data] : node.ints("axes");
}

const TRANSPOSE: Rule = {
  host([x], node) {
    const order = orderOf(x!.shape, node);
    const shape = order.map((axis) => x!.shape[axis]!);
    return [gathered(x!, shape, (index) => order.map((_, axis) => index[order.indexOf(axis)]!))];
  },
  graph: ([x], node, context) => [
    graphOperand(transpose(valueOf(x, context), orderOf(x!.shape, node))),
  ],
};

function orderOf(shape: Shape, node: OnnxNode): readonly number[] {
  return node.ints("perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
}

const CONCAT: Rule = {
  host: (parts, node) => [
    joined(parts.map((part) => part!), axisOf(node.int("axis", 0), parts[0]!.shape.length)),
  ],
  graph(inputs, node, context) {
    const values = inputs.map((input) => valueOf(input, context));
    const axis = axisOf(node.int("axis", 0), values[0]!.shape.length);
    // A row that the exporter wrote for one example, such as a class token.
    const batch = Math.max(...values.map(({ shape }) => shape[0]!));
    const wide = values.map((value) =>
      axis > 0 && value.shape[0] === 1 && batch > 1
        ? broadcastTo(value, value.shape.with(0, batch))
        : value
    );
    return [graphOperand(concat(wide, axis))];
  },
};

/** Extents of the parts that a node splits an axis into. */
function partsOf(extent: number, given: HostTensor | undefined, node: OnnxNode): readonly number[] {
  const sizes = given ? [...given.data] : node.ints("split");
  if (sizes) return sizes;
  const count = node.int("num_outputs", node.outputs.length);
  const size = Math.ceil(extent / count);
  return Array.from({ length: count }, (_, i) => Math.min(size, extent - i * size));
}

const SPLIT: Rule = {
  host([x, sizes], node) {
    const axis = axisOf(node.int("axis", 0), x!.shape.length);
    return split(hostOperand(x!), axis, partsOf(x!.shape[axis]!, sizes, node))
      .map(({ host }) => host!);
  },
  graph([x, sizes], node) {
    const axis = axisOf(node.int("axis", 0), x!.shape.length);
    return split(x!, axis, partsOf(x!.shape[axis]!, known(sizes, "sizes"), node));
  },
};

interface Cut {
  readonly starts: number[];
  readonly sizes: number[];
  readonly steps: number[];
}

/** What `Slice` takes: by inputs, before opset 10 by attributes. */
function cutOf(
  shape: Shape,
  [starts, ends, axes, steps]: readonly (HostTensor | undefined)[],
  node: OnnxNode,
): Cut {
  const from = starts ? [...starts.data] : node.ints("starts") ?? [];
  const to = ends ? [...ends.data] : node.ints("ends") ?? [];
  const along = axes ? [...axes.data] : node.ints("axes") ?? from.map((_, i) => i);
  const cut: Cut = { starts: shape.map(() => 0), sizes: [...shape], steps: shape.map(() => 1) };
  along.forEach((given, i) => {
    const axis = axisOf(given, shape.length);
    const extent = shape[axis]!;
    const step = steps?.data[i] ?? 1;
    if (step === 0) throw new RangeError("it goes by steps of 0; want another number");
    // Backwards a cut begins at the last entry at most, and ends before the first.
    const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
    const within = (place: number) =>
      Math.min(Math.max(place < 0 ? place + extent : place, least), most);
    const start = within(from[i]!);
    cut.starts[axis] = start;
    cut.steps[axis] = step;
    cut.sizes[axis] = Math.max(0, Math.ceil((within(to[i]!) - start) / step));
  });
  return cut;
}

const SLICE: Rule = {
  host([x, ...rest], node) {
    const { starts, sizes, steps } = cutOf(x!.shape, rest, node);
    return [
      gathered(x!, sizes, (index) => index.map((i, axis) => starts[axis]! + i * steps[axis]!)),
    ];
  },
  graph([x, ...rest], node, context) {
    const { starts, sizes, steps } = cutOf(
      x!.shape,
      rest.map((each) => known(each, "bound")),
      node,
    );
    // Backwards axis by axis, the others forwards at once.
    const back = [...steps.keys()].filter((axis) => steps[axis]! < 0);
    const forwards = <T>(own: readonly T[], other: readonly T[]) =>
      own.map((each, axis) => back.includes(axis) ? other[axis]! : each);
    const cut = slice(
      valueOf(x, context),
      forwards(starts, starts.map(() => 0)),
      forwards(sizes, x!.shape),
      forwards(steps, steps.map(() => 1)),
    );
    const turned = back.reduce((value, axis) => {
      const taps = Array.from({ length: sizes[axis]! }, (_, i): Taps => [
        [starts[axis]! + i * steps[axis]!, 1],
      ]);
      return alongAxis(value, axis, taps, context);
    }, cut);
    return [graphOperand(turned)];
  },
};

const EXPAND: Rule = {
  host: ([x, shape]) => {
    const target = broadcastShapes(x!.shape, [...shape!.data]);
    if (!target) {
      throw new RangeError(`it cannot give ${showShape(x!.shape)} the shape [${shape!.data}]`);
    }
    const offset = target.length - x!.shape.length;
    return [
      gathered(
        x!,
        target,
        (index) => x!.shape.map((extent, axis) => extent === 1 ? 0 : index[axis + offset]!),
      ),
    ];
  },
  graph([x, shape], node, context) {
    const wanted = [...known(shape, "shape")!.data];
    // Along the axis of examples what the exporter wrote is its own number of them.
    const declared = context.declaredShapes?.get(node.inputs[0]!);
    const offset = wanted.length - x!.shape.length;
    const target = broadcastShapes(
      x!.shape,
      wanted.map((extent, axis) => {
        const own = x!.shape[axis - offset];
        return declared && own !== declared[axis - offset] ? own! : extent;
      }),
    );
    if (!target) {
      throw new RangeError(`it cannot give ${showShape(x!.shape)} the shape ${showShape(wanted)}`);
    }
    return [graphOperand(broadcastTo(valueOf(x, context), target))];
  },
};

/** An operand as its shape alone. */
const SHAPE: Rule = {
  graph([x], node) {
    const rank = x!.shape.length;
    const clip = (place: number) => Math.min(Math.max(place < 0 ? place + rank : place, 0), rank);
    const part = x!.shape.slice(clip(node.int("start", 0)), clip(node.int("end", rank)));
    return [hostOperand(vector(part))];
  },
  host: ([x], node) => {
    const rank = x!.shape.length;
    const clip = (place: number) => Math.min(Math.max(place < 0 ? place + rank : place, 0), rank);
    return [vector(x!.shape.slice(clip(node.int("start", 0)), clip(node.int("end", rank))))];
  },
};

const TILE: Rule = {
  host: ([x, repeats]) => [
    gathered(
      x!,
      x!.shape.map((extent, axis) => extent * repeats!.data[axis]!),
      (index) => index.map((i, axis) => i % x!.shape[axis]!),
    ),
  ],
  graph([x, repeats], _, context) {
    const counts = [...known(repeats, "repeats")!.data];
    const tiled = counts.reduce(
      (value, count, axis) => count === 1 ? value : concat(Array<Value>(count).fill(value), axis),
      valueOf(x, context),
    );
    return [graphOperand(tiled)];
  },
};

function shapedByValues(): never {
  throw new RangeError(
    "the examples' values decide how large it is, and the graph must be the same for all; export " +
      "the model with fixed extents",
  );
}

/** The rules. */
export const SHAPE_RULES: Rules = {
  Reshape: RESHAPE,
  Flatten: shapeRule((shape, _, node) => {
    const given = node.int("axis", 1);
    const axis = given < 0 ? given + shape.length : given;
    return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
  }),
  Squeeze: shapeRule((shape, [axes], node) => {
    const given = axesOf(axes, node)?.map((axis) => axisOf(axis, shape.length));
    return shape.filter((extent, axis) => given ? !given.includes(axis) : extent !== 1);
  }),
  Unsqueeze: shapeRule((shape, [axes], node) => {
    const given = axesOf(axes, node) ?? [];
    const rank = shape.length + given.length;
    const own = given.map((axis) => axisOf(axis, rank));
    const rest = [...shape];
    return Array.from({ length: rank }, (_, axis) => own.includes(axis) ? 1 : rest.shift()!);
  }),
  Transpose: TRANSPOSE,
  Concat: CONCAT,
  Split: SPLIT,
  Slice: SLICE,
  Expand: EXPAND,
  Shape: SHAPE,
  Size: {
    host: ([x]) => [wholes([], [x!.data.length])],
    graph: ([x]) => [hostOperand(wholes([], [sizeOf(x!.shape)]))],
  },
  Tile: TILE,
  Constant: {
    host: (_, node) => {
      const tensor = node.tensor("value");
      if (tensor) return [tensor];
      if (node.has("value_float")) {
        return [floats([], Float64Array.of(node.float("value_float", 0)))];
      }
      if (node.has("value_int")) return [wholes([], [node.int("value_int", 0)])];
      const ints = node.ints("value_ints");
      if (node.has("value_ints")) return [vector(ints ?? [])];
      const reals = node.floats("value_floats");
      if (node.has("value_floats") && reals) {
        return [floats([reals.length], Float64Array.from(reals))];
      }
      throw new RangeError("it holds neither a tensor nor a number");
    },
  },
  ConstantOfShape: {
    host: ([shape], node) => {
      const value = node.tensor("value") ?? floats([1], Float64Array.of(0));
      const target = [...shape!.data];
      return [{
        shape: target,
        data: new Float64Array(sizeOf(target)).fill(value.data[0]!),
        isFloat: value.isFloat,
      }];
    },
    graph: shapedByValues,
  },
  Range: {
    host: ([start, limit, step]) => {
      const [from, to, by] = [start!.data[0]!, limit!.data[0]!, step!.data[0]!];
      const length = Math.max(0, Math.ceil((to - from) / by));
      const data = Float64Array.from({ length }, (_, i) => from + i * by);
      return [{ shape: [length], data, isFloat: start!.isFloat }];
    },
    graph: shapedByValues,
  },
};
