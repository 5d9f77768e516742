import assert from "node:assert/strict";
import type { Session } from "../../lib/engine/engine.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { tensorflowEngine } from "../../lib/engine/tensorflow/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { dot } from "../../lib/linalg/vector.ts";
import { SINGLE_ENGINES, testOnEngines } from "../engine/engines.ts";
import { assertClose } from "../support/assert_close.ts";
import { sourceFiles } from "../support/source_files.ts";
import { compareWithReference, computedCases, SINGLE_ROUNDING } from "./compare_ops.ts";
import { derive, type Derived, evaluate } from "./derived.ts";
import type { OpCase } from "./op_case.ts";
import { OP_CASES } from "./op_cases.ts";

/**
 * Step of the central differences. They err by h²/6 times the third derivative, which the cases
 * keep below 100, and by rounding of 1e-16 times the value, at most 10, divided by h.
 */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = { relative: 1e-8, absolute: 1e-8 };

const OPS = [...new Set(OP_CASES.map(({ op }) => op))];

for (const op of OPS) {
  Deno.test(`${op}: value, VJP, JVP and JVP of the VJP in float64`, async (t) => {
    for (const opCase of OP_CASES.filter((other) => other.op === op)) {
      await t.step(opCase.label, () => checkInDouble(opCase));
    }
  });
}

async function checkInDouble(opCase: OpCase): Promise<void> {
  const derived = derive(opCase);
  await using session = await referenceEngine().load(derived.program);
  const at = await evaluate(session, derived);
  const { feeds, variables, movable, realInputs } = derived;
  const entries = opCase.inputs.map((_, i) => {
    const name = `${derived.name}/${i}`;
    return Float64Array.from(feeds[name] ?? variables[name]!);
  });
  // Both round a few dozen times at most, in another order.
  const rounding = { relative: 1e-14, absolute: 1e-14 };
  if (opCase.formula) assertClose(at("value"), opCase.formula(...entries), rounding);
  if (realInputs === 0) return;

  const cotangent = Float64Array.from(feeds[`${derived.name}/cotangent`]!);
  const indices = Array.from({ length: realInputs }, (_, i) => i);
  for (const i of indices) {
    const differences = await gradientByDifferences(session, derived, i, cotangent);
    assertClose(at(`vjp ${i}`), differences, DIFFERENCE_TOLERANCE);
  }

  // ⟨ȳ, Jẋ⟩ = ⟨Jᵀȳ, ẋ⟩ up to the rounding of sums of at most 100 terms of size 1.
  const backward = indices.reduce(
    (total, i) => total + dot(at(`vjp ${i}`), movable[i]!.tangent),
    0,
  );
  assertClose([dot(cotangent, at("jvp"))], [backward], { relative: 1e-12, absolute: 1e-12 });

  const ahead = await evaluate(session, derived, STEP);
  const behind = await evaluate(session, derived, -STEP);
  for (const i of indices) {
    const [after, before] = [ahead(`vjp ${i}`), behind(`vjp ${i}`)];
    const differences = after.map((value, j) => (value - before[j]!) / (2 * STEP));
    assertClose(at(`second ${i}`), differences, DIFFERENCE_TOLERANCE);
  }
}

/** ∂⟨ȳ, y⟩/∂x_i, entry by entry, by central differences. */
async function gradientByDifferences(
  session: Session,
  derived: Derived,
  input: number,
  cotangent: Float64Array,
): Promise<Float64Array> {
  const differences = new Float64Array(derived.movable[input]!.tangent.length);
  for (let entry = 0; entry < differences.length; entry++) {
    const unit = derived.movable.map(({ tangent }) => new Float64Array(tangent.length));
    unit[input]![entry] = 1;
    const ahead = await evaluate(session, derived, STEP, unit);
    const behind = await evaluate(session, derived, -STEP, unit);
    differences[entry] = (dot(cotangent, ahead("value")) - dot(cotangent, behind("value"))) /
      (2 * STEP);
  }
  return differences;
}

/** Float64 in between, and one rounding to float32 where the engine returns. */
const OUTPUT_ROUNDING = 1e-7;

testOnEngines(
  "every op agrees with the reference to float32 rounding",
  (engine) => compareWithReference(engine, SINGLE_ROUNDING),
  SINGLE_ENGINES,
);

/** Three examples can have nearly no variance; memory shared by mistake shows in the first digit. */
const SHARED_MEMORY = 1e-3;

testOnEngines(
  "every op agrees with the reference where it may compute in its operands' memory",
  (engine) => compareWithReference(engine, SHARED_MEMORY, computedCases()),
  SINGLE_ENGINES,
);

const native = locateNative();

Deno.test({
  name: "every op agrees with the reference in double precision, tensorflow engine",
  ignore: native === undefined,
  fn: () =>
    compareWithReference(tensorflowEngine(native!, { precision: "double" }), OUTPUT_ROUNDING),
});

Deno.test("the table has cases for every op that lib/graph/ops defines", async () => {
  const files = (await sourceFiles(["lib/graph/ops"]))
    .filter(({ path }) => !path.includes("/elementwise_")); // factories of ops, not ops
  const defined = files.flatMap(({ path, text }) => {
    const definitions = text.match(/\b(?:defineOp<|binaryOp\(\{|unaryOp\(\{)/g) ?? [];
    const names = [...text.matchAll(/^ {2}name: "(\w+)",$/gm)].map(([, name]) => name!);
    assert.equal(names.length, definitions.length, `${path} defines an op without a plain name`);
    return names;
  });
  assert.ok(defined.length > 20, "found too few ops");
  assert.deepEqual(OPS.toSorted(), defined.toSorted());
});

Deno.test("the table's cases build the ops that they are listed under", () => {
  for (const opCase of OP_CASES) {
    const { program, name } = derive(opCase);
    assert.equal(program[name]!.outputs.value!.op.name, opCase.op, name);
  }
});
