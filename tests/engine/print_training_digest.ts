/** Trains a small network for some steps in this process and prints a digest of all its weights. */
import { createHash } from "node:crypto";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { tensorflowEngine } from "../../lib/engine/tensorflow/engine.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { sub } from "../../lib/graph/ops/sub.ts";
import { cycledLabels, drawn, flat, programOf, smallF1 } from "./small_f1.ts";

// Wide enough that the matrix products are split and vectorised.
const net = smallF1([64, 96, 96, 10], 200, "relu");
const updates = net.variables.map((variable, i) => ({
  kind: "assign" as const,
  variable,
  value: sub(variable, scale(net.gradient[i]!, 0.1)),
}));
await using session = await tensorflowEngine(locateNative()!).load({
  ...programOf(net),
  step: { outputs: { loss: net.loss }, updates },
});
await session.assign(drawn(net.variables, 0.1));
const feeds = { ...drawn([net.x, ...net.tangents], 1), labels: cycledLabels(200, 10) };
for (let step = 0; step < 20; step++) await session.run("step", feeds);
const hash = createHash("sha256");
hash.update(
  flat(await session.read(net.variables.map(({ attributes }) => `${attributes.name}`)), net),
);
hash.update(flat(await session.run("product", feeds), net));
await Deno.stdout.write(new TextEncoder().encode(`${hash.digest("hex")}\n`));
