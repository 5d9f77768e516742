import assert from "node:assert/strict";
import { syntheticImages } from "../../lib/data/synthetic.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { TRAINING_ENGINES } from "./small_training.ts";

const SCRIPT = new URL("./print_training_digest.ts", import.meta.url).href;

/** Digest of what a process of its own has trained. */
async function digestOf(
  engine: string,
  network: string,
  batch: number,
  threads: number,
  shares: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT, engine, network, `${batch}`],
    env: { TF_NUM_INTRAOP_THREADS: `${threads}`, ...shares },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.ok(success, text(stderr));
  assert.match(text(stdout), /^[0-9a-f]{64}$/);
  return text(stdout);
}

/** Who computes what: one op after the other by the pool alone, and several ops at once by all. */
const ALONE = { TF_NUM_INTEROP_THREADS: "1", TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: "0" };
const TOGETHER = { TF_NUM_INTEROP_THREADS: "3", TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD: "1" };

const missing = locateNative() === undefined;
const CASES = [
  ...["F1", "C1"].flatMap((network) =>
    [1, 2].map((threads) => ({ engine: "tensorflow", network, batch: 64, threads }))
  ),
  { engine: "portable", network: "C1", batch: 4, threads: 1 },
];

for (const { engine, network, batch, threads } of CASES) {
  Deno.test({
    name: `200 steps of a small ${network} end at the same bits in two processes, ` +
      `whichever thread computes what, ${engine} engine, threads: ${threads}`,
    ignore: missing && engine === "tensorflow",
    fn: async () => {
      const digest = (shares: typeof ALONE) => digestOf(engine, network, batch, threads, shares);
      const [first, second] = await Promise.all([digest(ALONE), digest(TOGETHER)]);
      assert.equal(second, first);
    },
  });
}

Deno.test({
  name:
    "products Hv of C1 are the same bits alone and four at once: no sum depends on the schedule",
  ignore: missing,
  fn: async () => {
    const net = network("C1");
    const count = 40; // so many that TensorFlow's optimiser would sum in the order in which terms come
    const { pixels, labels } = syntheticImages([32, 32, 3], net.classes, {
      seed: 1,
      part: "train",
      count,
    });
    const set = {
      name: "synthetic",
      features: Float32Array.from(pixels, (pixel) => pixel / 255),
      labels: Int32Array.from(labels),
      count,
      featureShape: [32, 32, 3],
      classes: net.classes,
    };
    await using objective = await objectiveOf(net, set, {
      engine: await TRAINING_ENGINES.tensorflow!(),
    });
    const hessian = objective.hessian(initialPoint(net, 1));
    const v = initialPoint(net, 2);
    const alone = await hessian.apply(v);
    for (const product of await hessian.applyAll!([v, v, v, v])) {
      assert.equal(product.findIndex((entry, i) => entry !== alone[i]), -1);
    }
  },
});
