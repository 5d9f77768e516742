/**
 * The default study's parts on F1, side by side with the script that a good researcher would write in
 * PyTorch and SciPy (torch_study.py). Both do the same work on the same digits, one after the other.
 *
 * Beside the time by the clock stands that of the processors, which other work on the machine
 * disturbs less.
 */
import process from "node:process";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { train } from "../../lib/training/train.ts";
import { readDataset } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import { fakeContext } from "../support/fake_context.ts";
import { processorName } from "./processor.ts";

const PARTS = {
  training: "training: 1 epoch of 256, 2 of 10 %",
  sharpness: "φ, full space, 10 iterations",
  subspace: "φ, p = 100, 10 iterations",
  eigenvalues: "λ_max: 4 steps of Lanczos",
  trace: "trace of H: 4 probes",
} as const;
type Part = keyof typeof PARTS;

interface Spent {
  readonly seconds: number;
  readonly processor: number;
}

const CHUNK = 4000;
const folder = await Deno.makeTempDir({ prefix: "basin-bench-" });
try {
  const parameters = { dataset: "mnist-10k" as const, train: 8000, test: 2000, seed: 1 };
  await download.run(fakeContext({ parameters, folder }));
  const data = {
    train: await readDataset(`${folder}/train`),
    test: await readDataset(`${folder}/test`),
  };
  const { features, labels, count } = data.train;
  await Deno.writeFile(`${folder}/features`, new Uint8Array(features.slice().buffer));
  await Deno.writeFile(`${folder}/labels`, new Uint8Array(labels.slice().buffer));
  const ours = await ourTimes(data);
  const theirs = await peerTimes([folder, String(count), String(CHUNK)]);
  await write(table(ours, theirs));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function ourTimes(data: Parameters<typeof train>[1]): Promise<Record<Part, Spent>> {
  const net = network("F1");
  const engine = await selectEngine();
  let x = initialPoint(net, 1);
  const training = await timed(async () => {
    const epochs = (epochs: number) => ({ kind: "epochs", epochs }) as const;
    const small = { engine, batchSize: 256, stop: epochs(1), seed: 1 };
    const large = { ...small, batchSize: data.train.count / 10, stop: epochs(2) };
    for (const options of [small, large]) x = (await train(net, data, x, options)).x;
  });
  await using objective = await objectiveOf(net, data.train, { engine, evaluationBatch: CHUNK });
  const protocol = { epsilon: 1e-3, protocol: "paper" } as const;
  const subspace = { dimension: 100, distribution: "gaussian", seed: 1 } as const;
  const hessian = objective.hessian(x);
  return {
    training,
    sharpness: await timed(() => sharpness(objective, x, protocol)),
    subspace: await timed(() => sharpness(objective, x, { ...protocol, subspace })),
    eigenvalues: await timed(() => lanczos(hessian, { steps: 4, seed: 1 })),
    trace: await timed(() => hutchinsonTrace(hessian, { probes: 4, seed: 1 })),
  };
}

/** What the script says, or why there is none. */
async function peerTimes(
  args: readonly string[],
): Promise<{ name: string; times: Record<Part, Spent> } | string> {
  const script = new URL("./torch_study.py", import.meta.url).pathname;
  try {
    const run = await new Deno.Command("python3", { args: [script, ...args] }).output();
    const [name, times] = new TextDecoder().decode(run.stdout).trim().split("\n");
    if (run.success && name && times) return { name, times: JSON.parse(times) };
    return new TextDecoder().decode(run.stderr).trim().split("\n").at(-1) || "it failed";
  } catch {
    return "python3 is not installed";
  }
}

async function timed(body: () => Promise<unknown>): Promise<Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await body();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1e3, processor: (user + system) / 1e6 };
}

function table(
  ours: Record<Part, Spent>,
  theirs: { name: string; times: Record<Part, Spent> } | string,
): string {
  const names = Object.keys(PARTS) as Part[];
  const sum = (times: Record<Part, Spent>): Spent => ({
    seconds: names.reduce((total, part) => total + times[part].seconds, 0),
    processor: names.reduce((total, part) => total + times[part].processor, 0),
  });
  const row = (label: string, own: Spent, other?: Spent) =>
    label.padEnd(40) +
    [own.seconds, own.processor, other?.seconds, other?.processor].map((value) =>
      (value?.toFixed(1) ?? "–").padStart(8)
    ).join("") +
    (other ? `${(other.seconds / own.seconds).toFixed(2)}×`.padStart(8) : "") +
    (other ? `${(other.processor / own.processor).toFixed(2)}×`.padStart(8) : "");
  const peer = typeof theirs === "string" ? undefined : theirs;
  return [
    `F1 on 8 000 digits, on ${processorName()}; seconds by the clock and of the processors`,
    "".padEnd(40) + "   Basin            peer           ratio",
    ...names.map((part) => row(PARTS[part], ours[part], peer?.times[part])),
    row("together", sum(ours), peer && sum(peer.times)),
    peer ? `peer: ${peer.name}` : `PyTorch and SciPy were not measured: ${theirs}`,
    "",
  ].join("\n");
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
