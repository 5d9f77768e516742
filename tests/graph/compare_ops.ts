import type { Engine, NumericArray } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { mul } from "../../lib/graph/ops/mul.ts";
import { leavesOf, type Program } from "../../lib/graph/program.ts";
import { assertClose } from "../support/assert_close.ts";
import { derive, type Derived } from "./derived.ts";
import { OP_CASES } from "./op_cases.ts";

/**
 * float32 rounds to 6e-8; a few dozen roundings, and sums in which terms cancel. The approximations
 * of exp, log and tanh are good to 2 units in the last place.
 */
export const SINGLE_ROUNDING = 4e-6;

/**
 * Asserts that an engine computes every case of the table, with its derivatives, as the reference.
 *
 * @param rounding Largest error in units of the output's largest entry, or of 0.1.
 */
export async function compareWithReference(
  engine: Engine,
  rounding: number,
  cases: readonly Derived[] = OP_CASES.map((opCase) => derive(opCase)),
): Promise<void> {
  const all = joined(cases);
  await using session = await engine.load(all.program);
  await using reference = await referenceEngine().load(all.program);
  await session.assign(all.variables);
  await reference.assign(all.variables);
  const got = await session.run("all", all.feeds);
  const want = await reference.run("all", all.feeds);
  for (const { name, program } of cases) {
    for (const output of Object.keys(program[name]!.outputs)) {
      const key = `${name}, ${output}`;
      const exact = Float64Array.from(want[key]!);
      const size = exact.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0);
      const tolerance = { relative: 0, absolute: rounding * Math.max(size, 0.1) };
      try {
        assertClose(got[key]!, exact, tolerance);
      } catch (error) {
        throw new Error(key, { cause: error });
      }
    }
  }
}

/**
 * The table's cases with every operand computed within the function and read once.
 *
 * TensorFlow computes some ops in the memory of an operand that nobody else reads; feeds, variables
 * and operands of several outputs are read by others.
 */
export function computedCases(): Derived[] {
  const one = placeholder("one", []);
  return OP_CASES.flatMap((opCase) => {
    const all = derive(opCase);
    return Object.keys(all.program[all.name]!.outputs).map((output): Derived => {
      const own = { ...opCase, label: `${opCase.label}, ${output}` };
      const derived = derive(own, (leaf) => mul(leaf, one));
      const value = derived.program[derived.name]!.outputs[output]!;
      const program = { [derived.name]: { outputs: { [output]: value } } };
      const needed = (kind: "placeholder" | "variable", values: Derived["feeds"]) =>
        Object.fromEntries(
          [...leavesOf(program, kind).keys()].map((leaf) => [leaf, values[leaf]!]),
        );
      return {
        ...derived,
        program,
        feeds: needed("placeholder", { ...derived.feeds, one: Float64Array.of(1) }),
        variables: needed("variable", derived.variables),
      };
    });
  });
}

/** All cases as one function: TensorFlow prepares every function that it runs, which takes long. */
function joined(cases: readonly Derived[]) {
  const outputs = cases.flatMap(({ name, program }) =>
    Object.entries(program[name]!.outputs).map(([output, value]) => [`${name}, ${output}`, value])
  );
  const program: Program = { all: { outputs: Object.fromEntries(outputs) } };
  const merge = (parts: readonly Readonly<Record<string, NumericArray>>[]) =>
    Object.assign({}, ...parts) as Record<string, NumericArray>;
  return {
    program,
    feeds: merge(cases.map(({ feeds }) => feeds)),
    variables: merge(cases.map(({ variables }) => variables)),
  };
}
