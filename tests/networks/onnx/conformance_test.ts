// The cases and their results are ONNX's own: tests/oracles/onnx_conformance.py.
import assert from "node:assert/strict";
import { referenceEngine } from "../../../lib/engine/reference/engine.ts";
import { placeholder, variable } from "../../../lib/graph/ops/leaf.ts";
import { leavesOf } from "../../../lib/graph/program.ts";
import { readModel } from "../../../lib/networks/onnx/model.ts";
import { plain } from "../../../lib/networks/onnx/operand.ts";
import { traceModel } from "../../../lib/networks/onnx/trace.ts";
import cases from "../../golden/onnx/conformance.json" with { type: "json" };
import { assertClose } from "../../support/assert_close.ts";

/** What Basin refuses, in words that say why. */
const REFUSED: readonly [RegExp, RegExp][] = [
  [/^test_(ceil|floor)/, /it rounds the examples' values, which jump/],
  [/^test_pow(_example|_bcast_array|_types_.*)?$/, /it raises to several powers at once/],
  [/^test_resize_.*antialias/, /it resizes with antialias; Basin does so without/],
  [/^test_resize_.*not_(larger|smaller)/, /it resizes with keep_aspect_ratio_policy/],
  [/^test_resize_tf_crop_and_resize/, /it places pixels by tf_crop_and_resize/],
  [/^test_thresholdedrelu/, /its values jump/],
  [/pool_3d_/, /it pools over 3 axes; Basin knows one and two/],
  [/convtranspose_3d/, /it convolves over 3 axes; Basin knows one and two/],
];

/** Runs a model of no weights on examples, in float64. */
async function run({ name, model: text, shape, x }: typeof cases[number]) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const model = readModel(name, bytes, () => new Uint8Array());
  const held: Record<string, Float64Array> = {};
  const result = traceModel(model, model.output, placeholder("x", shape), new Map(), {
    opset: model.opset,
    declaredShapes: undefined,
    innerAxes: new Set(),
    tensors: model.tensors,
    batchMoments: false,
    fixed(tensor) {
      const name = `fixed${Object.keys(held).length}`;
      held[name] = tensor.data;
      return variable(name, tensor.shape);
    },
  });
  if (result.host) return { shape: result.shape, data: result.host.data };
  const y = plain(result);
  const program = { f: { outputs: { y } } };
  // Some tensors have no part in the result.
  const read = [...leavesOf(program, "variable").keys()];
  await using session = await referenceEngine().load(program);
  await session.assign(Object.fromEntries(read.map((name) => [name, held[name]!])));
  return { shape: y.shape, data: (await session.run("f", { x: Float64Array.from(x) })).y! };
}

Deno.test("importOnnx() ops compute what ONNX's conformance cases want, or say why not", async (t) => {
  let computed = 0;
  for (const each of cases) {
    const refusal = REFUSED.find(([pattern]) => pattern.test(each.name));
    if (refusal) {
      await assert.rejects(() => run(each), refusal[1], each.name);
      continue;
    }
    await t.step(each.name, async () => {
      const { shape, data } = await run(each);
      assert.deepEqual(shape, each.outputShape);
      // The results are float32's, stored with seven digits; ONNX has one of them with four.
      const relative = each.name.includes("ceil_last_window") ? 1e-3 : 1e-5;
      assertClose(data, each.output, { relative, absolute: 1e-6 });
    });
    computed++;
  }
  // A third of those refused are Resize's ways to crop and to keep proportions.
  assert.ok(computed > 0.85 * cases.length, `${computed} of ${cases.length} computed`);
});
