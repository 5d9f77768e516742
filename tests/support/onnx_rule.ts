import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { broadcastTo } from "../../lib/graph/ops/sum.ts";
import { leavesOf } from "../../lib/graph/program.ts";
import { type Shape, sizeOf } from "../../lib/graph/shape.ts";
import type { DType } from "../../lib/graph/type.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { nodeOf } from "../../lib/networks/onnx/node.ts";
import { graphOperand, hostOperand, type Operand, plain } from "../../lib/networks/onnx/operand.ts";
import type { RuleContext } from "../../lib/networks/onnx/rule.ts";
import { RULES } from "../../lib/networks/onnx/rules.ts";
import type { HostTensor } from "../../lib/networks/onnx/tensor.ts";

/** A value that the examples decide. */
export interface Given {
  readonly given: readonly number[];
  readonly shape: Shape;
  readonly dtype?: DType;
}

/** A node alone: its op, its attributes, its inputs. */
export interface LoneNode {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
  readonly inputs: readonly (HostTensor | Given | undefined)[];
  readonly opset?: number;
  /** How many values it makes; by default one. */
  readonly outputs?: number;
  readonly engine?: Engine | undefined;
}

/** What a node makes. */
export interface Made {
  readonly shape: Shape;
  readonly data: readonly number[];
  /** Whether it was known before anything ran. */
  readonly isKnown: boolean;
  /** Of the sum of its entries, by each input that the examples decide. */
  readonly gradients: readonly (readonly number[])[];
}

/** A value that the examples decide, by default a vector of real numbers. */
export function given(
  entries: readonly number[],
  shape: Shape = [entries.length],
  dtype: DType = "float32",
): Given {
  return { given: entries, shape, dtype };
}

/** Runs a node by its rule, as the import would. */
export async function made(lone: LoneNode): Promise<Made[]> {
  const { op, attributes = {}, inputs, opset = 20, outputs = 1 } = lone;
  const node = nodeOf(
    {
      opType: op,
      name: op,
      domain: "",
      input: inputs.map((_, i) => `x${i}`),
      output: Array.from({ length: outputs }, (_, i) => `y${i}`),
      attribute: Object.entries(attributes).map(([name, value]) => ({
        name,
        ...(typeof value === "number"
          ? { i: value, f: value }
          : typeof value === "string"
          ? { s: new TextEncoder().encode(value) }
          : { ints: value, floats: value }),
      })),
    } as unknown as Parameters<typeof nodeOf>[0],
    () => new Uint8Array(),
  );
  const held = new Map<string, Float64Array>();
  const context: RuleContext = {
    opset,
    declaredShapes: undefined,
    innerAxes: new Set(),
    tensors: new Map(),
    batchMoments: false,
    fixed(tensor) {
      const name = `fixed${held.size}`;
      held.set(name, tensor.data);
      return variable(name, tensor.shape);
    },
  };
  const operands = inputs.map((input, i): Operand | undefined => {
    if (input === undefined) return undefined;
    if ("given" in input) {
      return graphOperand(placeholder(`x${i}`, input.shape, input.dtype ?? "float32"));
    }
    return hostOperand(input);
  });
  const { host, graph } = RULES[op]!;
  const isKnown = operands.every((each) => each === undefined || each.host !== undefined);
  const results = isKnown && host
    ? host(operands.map((each) => each?.host), node, context).map(hostOperand)
    : graph!(operands, node, context);
  const feeds = Object.fromEntries(
    inputs.flatMap((input, i) =>
      input && "given" in input
        ? [[
          `x${i}`,
          input.dtype === "int32" ? Int32Array.from(input.given) : Float64Array.from(input.given),
        ]]
        : []
    ),
  );
  const leaves = operands.flatMap((each) =>
    each?.host === undefined && each && each.held.dtype === "float32" ? [each.held] : []
  );
  return await Promise.all(results.map((result) => computed(result, leaves)));

  async function computed(result: Operand, leaves: readonly ReturnType<typeof plain>[]) {
    if (result.host) {
      const { shape, data } = result.host;
      return { shape, data: [...data], isKnown: true, gradients: [] };
    }
    const y = plain(result);
    const slopes = y.dtype === "float32"
      ? vjp(y, broadcastTo(constant(1), y.shape), leaves)
      : leaves.map(() => undefined);
    const gradients = Object.fromEntries(
      slopes.flatMap((slope, i) => slope ? [[`g${i}`, slope]] : []),
    );
    const program = { f: { outputs: { y, ...gradients } } };
    const reached = (kind: "placeholder" | "variable") => [...leavesOf(program, kind).keys()];
    await using session = await (lone.engine ?? referenceEngine()).load(program);
    await session.assign(
      Object.fromEntries(reached("variable").map((name) => [name, held.get(name)!])),
    );
    const outputs = await session.run(
      "f",
      Object.fromEntries(reached("placeholder").map((name) => [name, feeds[name]!])),
    );
    return {
      shape: y.shape,
      data: [...outputs.y!],
      isKnown: false,
      gradients: leaves.map((
        { shape },
        i,
      ) => [...outputs[`g${i}`] ?? Array(sizeOf(shape)).fill(0)]),
    };
  }
}
