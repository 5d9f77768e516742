import assert from "node:assert/strict";
import { locateNative } from "../../lib/engine/setup/location.ts";

const SCRIPT = new URL("./print_training_digest.ts", import.meta.url).href;

/** Digest of what a process of its own has trained. */
async function digestOf(
  engine: string,
  network: string,
  batch: number,
  threads: number,
): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT, engine, network, `${batch}`],
    env: { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_NUM_INTEROP_THREADS: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.ok(success, text(stderr));
  assert.match(text(stdout), /^[0-9a-f]{64}$/);
  return text(stdout);
}

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
      `${engine} engine, threads: ${threads}`,
    ignore: missing && engine === "tensorflow",
    fn: async () => {
      const digest = () => digestOf(engine, network, batch, threads);
      const [first, second] = await Promise.all([digest(), digest()]);
      assert.equal(second, first);
    },
  });
}
