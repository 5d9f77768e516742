import assert from "node:assert/strict";
import { emitFunction } from "../../../lib/engine/xla/emit.ts";
import { apply, defineOp } from "../../../lib/graph/op.ts";
import { mul } from "../../../lib/graph/ops/mul.ts";
import { matMul } from "../../../lib/graph/ops/mat_mul.ts";
import { placeholder, variable } from "../../../lib/graph/ops/leaf.ts";
import { topologicalOrder } from "../../../lib/graph/value.ts";
import { derive } from "../../graph/derived.ts";
import { OP_CASES } from "../../graph/op_cases.ts";

Deno.test("every op of the table has a StableHLO rule or an expansion", () => {
  const missing = OP_CASES.flatMap((opCase) => {
    const { program, name } = derive(opCase);
    return topologicalOrder(Object.values(program[name]!.outputs))
      .map(({ op }) => op)
      .filter(({ name }) => name !== "placeholder" && name !== "variable")
      .filter(({ stablehlo, expand }) => !stablehlo && !expand)
      .map(({ name }) => name);
  });
  assert.deepEqual([...new Set(missing)], []);
});

const x = placeholder("x", [2, 2]);

Deno.test("emitFunction() gives an updated variable's memory to the result that replaces it", () => {
  const [w, b] = [variable("w", [2, 2]), variable("b", [2, 2])];
  const emitted = emitFunction("step", {
    outputs: { y: mul(b, x) },
    updates: [{ kind: "assign", variable: w, value: mul(w, x) }],
  });
  const aliases = [...emitted.text.matchAll(/%arg(\d+): \S+ \{tf.aliasing_output = (\d+)/g)];
  assert.deepEqual(aliases.map(([, argument, result]) => [emitted.inputs[+argument!], result]), [
    [w, "1"],
  ]);
  assert.deepEqual(emitted.written, [w]);
});

Deno.test("emitFunction() asks for float32's full precision unless told otherwise", () => {
  const fn = { outputs: { y: matMul(x, x) } };
  assert.match(emitFunction("f", fn).text, /precision HIGHEST>, #stablehlo<precision HIGHEST/);
  assert.doesNotMatch(emitFunction("f", fn, { tf32: true }).text, /HIGHEST/);
});

Deno.test("emitFunction() refuses an op without a rule, naming op, shape and function", () => {
  const unwritten = defineOp<Record<never, never>>({
    name: "unwritten",
    infer: ([input]) => ({ shape: input!.shape, dtype: "float32" }),
  });
  assert.throws(
    () => emitFunction("loss", { outputs: { y: apply(unwritten, [x], {}) } }),
    /^TypeError: Cannot run "loss" on the XLA engine: the op unwritten \[2, 2\] has no StableHLO/,
  );
});
