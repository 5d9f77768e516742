/** Takes 200 steps of ADAM in this process and prints a digest of all weights: ENGINE NETWORK BATCH. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { train } from "../../lib/training/train.ts";
import { drawnExamples, SMALL_NETWORKS, TRAINING_ENGINES } from "./small_training.ts";

const engine = await TRAINING_ENGINES[Deno.args[0]!]!();
const net = SMALL_NETWORKS[Deno.args[1]!]!;
const batchSize = Number(Deno.args[2]);
const set = drawnExamples(net, 10 * batchSize);
const { x, history } = await train(
  net,
  { train: set, test: drawnExamples(net, 4) },
  initialPoint(net, 1),
  {
    engine,
    batchSize,
    stop: { kind: "epochs", epochs: 20 },
    seed: 1,
    iterate: "last",
  },
);
assert.equal(history.at(-1)!.steps, 200);
await using objective = await objectiveOf(net, set, { engine });
const product = await objective.hessian(x).apply(initialPoint(net, 2));
const digest = createHash("sha256").update(x).update(product).digest("hex");
await Deno.stdout.write(new TextEncoder().encode(`${digest}\n`));
