import type { NumericArray, Session } from "../../lib/engine/engine.ts";
import { jvp } from "../../lib/graph/jvp.ts";
import { leafName, placeholder } from "../../lib/graph/ops/leaf.ts";
import type { Program } from "../../lib/graph/program.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { stream } from "../../lib/random/stream.ts";
import { instantiate, nameOf, type OpCase } from "./op_case.ts";

/** An op with its derivatives, as a function that an engine can load. */
export interface Derived {
  readonly name: string;
  /** Outputs: `value`; `vjp i` = x̄_i; `jvp` = ẏ; `second i` = the JVP of x̄_i. */
  readonly program: Program;
  /** Values of the placeholders: of the inputs, of ȳ (`cotangent`) and of the tangents. */
  readonly feeds: Readonly<Record<string, NumericArray>>;
  readonly variables: Readonly<Record<string, NumericArray>>;
  /** Real inputs by name, ȳ last, each with the tangent that moves it. */
  readonly movable: readonly { readonly leaf: string; readonly tangent: Float64Array }[];
  /** Number of real inputs, which the outputs `vjp i` and `second i` count. */
  readonly realInputs: number;
}

/**
 * Builds value, VJP, JVP and JVP of the VJP of a case, with seeded entries for all leaves.
 *
 * @param through From a real leaf to the operand that stands for it; default the leaf itself.
 */
export function derive(opCase: OpCase, through: (leaf: Value) => Value = (leaf) => leaf): Derived {
  const name = nameOf(opCase);
  const { leaves, operands, entries, y } = instantiate(opCase, through);
  const reals = operands.filter(({ dtype }) => dtype === "float32");
  const cotangent = placeholder(`${name}/cotangent`, y.shape);
  const ybar = through(cotangent);
  const adjoints = y.dtype === "float32" ? vjp(y, ybar, reals) : reals.map(() => undefined);
  const moved = [...leaves.filter(({ dtype }) => dtype === "float32"), cotangent];
  const tangents = moved.map(({ shape }, i) => placeholder(`${name}/tangent ${i}`, shape));
  const directions = tangents.map(through);
  const forward = jvp([y], reals, directions.slice(0, -1))[0];
  const second = jvp(
    adjoints.map((adjoint, i) => adjoint ?? reals[i]!),
    [...reals, ybar],
    directions,
  )
    .map((tangent, i) => adjoints[i] && tangent);
  const outputs = Object.fromEntries(
    [["value", y], ["jvp", forward], ...numbered("vjp", adjoints), ...numbered("second", second)]
      .filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
  const feeds: Record<string, NumericArray> = {};
  const variables: Record<string, NumericArray> = {};
  leaves.forEach((leaf, i) => {
    (leaf.op.name === "variable" ? variables : feeds)[leafName(leaf)] = entries[i]!;
  });
  feeds[leafName(cotangent)] = normal(cotangent);
  for (const tangent of tangents) feeds[leafName(tangent)] = normal(tangent);
  return {
    name,
    program: { [name]: { outputs } },
    feeds,
    variables,
    movable: moved.map((leaf, i) => ({
      leaf: leafName(leaf),
      tangent: Float64Array.from(feeds[leafName(tangents[i]!)]!),
    })),
    realInputs: reals.length,
  };
}

function numbered(kind: string, values: readonly (Value | undefined)[]) {
  return values.map((value, i): [string, Value | undefined] => [`${kind} ${i}`, value]);
}

/** Entries of N(0, 1), exact in float32. */
function normal(leaf: Value): Float64Array {
  const entries = new Float64Array(sizeOf(leaf.shape));
  stream(2, leafName(leaf)).fillNormal(entries, 0);
  return entries.map(Math.fround);
}

/**
 * All outputs of a derived op with the movable inputs displaced by `step` times `directions`.
 *
 * Outputs that the graph leaves out, being zero, are given as zeros.
 */
export async function evaluate(
  session: Session,
  { name, feeds, variables, movable, realInputs }: Derived,
  step = 0,
  directions: readonly Float64Array[] = movable.map(({ tangent }) => tangent),
): Promise<(output: string) => Float64Array> {
  const displaced: Record<string, NumericArray> = { ...feeds, ...variables };
  movable.forEach(({ leaf }, i) => {
    displaced[leaf] = Float64Array.from(displaced[leaf]!, (x, j) => x + step * directions[i]![j]!);
  });
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((key) => [key, displaced[key]!]));
  await session.assign(pick(Object.keys(variables)));
  const outputs = await session.run(name, pick(Object.keys(feeds)));
  const sizes: Record<string, number> = { jvp: outputs.value!.length };
  for (let i = 0; i < realInputs; i++) {
    sizes[`vjp ${i}`] = sizes[`second ${i}`] = movable[i]!.tangent.length;
  }
  return (output) => Float64Array.from(outputs[output] ?? new Float64Array(sizes[output]!));
}
