import { memory } from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import type { Session } from "../../lib/engine/engine.ts";
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { loadBinding, type NativeBinding } from "../../lib/engine/tensorflow/binding.ts";
import { loadProgram } from "../../lib/engine/tensorflow/session.ts";
import { cycledLabels, drawn, programOf, smallF1 } from "./small_f1.ts";

const RUNS = 300;
const net = smallF1([4, 3, 2], 6, "relu");
const feeds = { ...drawn([net.x, ...net.tangents], 1), labels: cycledLabels(6, 2) };
const program = {
  ...programOf(net),
  step: {
    outputs: { loss: net.loss },
    updates: net.variables.map((variable, i) => ({
      kind: "assign" as const,
      variable,
      value: net.gradient[i]!,
    })),
  },
};

/** Everything a session does, failures included. */
async function use(session: Session): Promise<void> {
  await session.assign(drawn(net.variables, 1));
  for (const name of Object.keys(program)) await session.run(name, feeds);
  await session.read(["kernel0", "bias1"]);
  await assert.rejects(() => session.run("gradient", { ...feeds, x: new Float32Array(1) }));
  await assert.rejects(() => session.assign({ kernel0: new Float32Array(1) }));
}

Deno.test("the portable engine keeps its variables' tensors and no others", async () => {
  const engine = await portableEngine();
  const before = memory().numTensors;
  const session = await engine.load(program);
  await assert.rejects(() => session.run("gradient", feeds), /before it is assigned/);
  for (let run = 0; run < RUNS; run++) {
    await use(session);
    assert.equal(memory().numTensors, before + net.variables.length, `after run ${run}`);
  }
  await session[Symbol.asyncDispose]();
  assert.equal(memory().numTensors, before);
});

const native = locateNative();

Deno.test({
  name: "the TensorFlow engine deletes every tensor that it makes or fetches",
  ignore: native === undefined,
  fn: async () => {
    const binding = loadBinding(native!.addonPath);
    const alive = new Set<number>();
    let made = 0;
    const counting: NativeBinding = {
      // deno-lint-ignore camelcase -- the addon's own names
      TF_Version: binding.TF_Version,
      TF_FLOAT: binding.TF_FLOAT,
      TF_INT32: binding.TF_INT32,
      tensorDataSync: (id) => binding.tensorDataSync(id),
      loadSavedModel: (folder, tags) => binding.loadSavedModel(folder, tags),
      deleteSavedModel: (id) => binding.deleteSavedModel(id),
      createTensor(...args) {
        const id = binding.createTensor(...args);
        alive.add(id);
        made++;
        return id;
      },
      runSavedModel(...args) {
        const fetched = binding.runSavedModel(...args);
        for (const { id } of fetched) alive.add(id);
        return fetched;
      },
      deleteTensor(id) {
        assert.ok(alive.delete(id), `tensor ${id} was deleted twice`);
        binding.deleteTensor(id);
      },
    };
    await using session = await loadProgram(counting, program);
    await assert.rejects(() => session.run("gradient", feeds)); // TensorFlow's own failure
    for (let run = 0; run < RUNS; run++) await use(session);
    assert.ok(made > RUNS, "the wrapped binding was not called");
    assert.equal(alive.size, 0);
  },
});
