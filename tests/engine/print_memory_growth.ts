/** Prints by how many bytes 2 000 steps change this process's memory after some others: ENGINE WARM_UP BATCH. */
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { train } from "../../lib/training/train.ts";
import { drawnExamples, SMALL_NETWORKS, TRAINING_ENGINES } from "./small_training.ts";

const STEPS_PER_EPOCH = 20;

const engine = await TRAINING_ENGINES[Deno.args[0]!]!();
const [warmUp, batchSize] = Deno.args.slice(1).map(Number) as [number, number];
const net = SMALL_NETWORKS.C1!;
// The last batch of an epoch is smaller: a step of another size.
const set = drawnExamples(net, batchSize * STEPS_PER_EPOCH - 1);
const few = drawnExamples(net, 4);
/** What the process holds once garbage is gone. */
const memoryHeld = () => {
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().rss;
};
let warm = 0;
await train(net, { train: set, test: few }, initialPoint(net, 1), {
  engine,
  batchSize,
  stop: { kind: "epochs", epochs: (warmUp + 2000) / STEPS_PER_EPOCH },
  seed: 1,
  onEpoch({ steps }) {
    if (steps === warmUp) warm = memoryHeld();
  },
});
await Deno.stdout.write(new TextEncoder().encode(`${memoryHeld() - warm}\n`));
