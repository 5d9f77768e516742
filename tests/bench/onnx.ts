/**
 * Gradient and Hv of ONNX models beside PyTorch, which exports them (torch_onnx.py): ResNet-18 for
 * CIFAR, and blocks of MobileNet with depthwise and with grouped convolutions. Rounds take turns, and
 * the norms of both results are compared.
 */
import { norm } from "../../lib/linalg/vector.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { openData } from "../../lib/own_model/data.ts";
import { openPoint } from "../../lib/own_model/point.ts";
import { formatTable } from "../../lib/pipeline/display/format.ts";
import { parseArgs } from "node:util";
import { highWaterMark } from "./high_water_mark.ts";
import { type Peer, pythonPeer } from "./peer.ts";
import { median } from "./statistics.ts";

const { values: { small, network } } = parseArgs({
  args: Deno.args,
  options: { small: { type: "boolean" }, network: { type: "string", multiple: true } },
});
const EXAMPLES = small ? 16 : 64;
const ROUNDS = small ? 3 : 7;
const HEAD = ["model", "of", "Basin", "PyTorch", "ratio", "norms apart"];
const TASKS = ["gradient", "Hv"] as const;

/** A time, and the norm of what was computed. */
interface Timed {
  readonly ms: number;
  readonly norm: number;
}
type Round = Readonly<Record<typeof TASKS[number], Timed>>;

const rows: string[][] = [];
let missing: string | undefined;
for (const name of network ?? ["resnet18", "depthwise", "grouped"]) {
  const folder = await Deno.makeTempDir({ prefix: "basin-bench-" });
  try {
    const times = await compare(name, folder);
    if (typeof times === "string") missing = times;
    else rows.push(...times);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
if (missing !== undefined) {
  await write(`PyTorch, which also exports the models, was not measured: ${missing}\n`);
}
if (rows.length > 0) await write(`${formatTable([HEAD, ...rows])}\n`);

/** Rows of times; or why there is no PyTorch. */
async function compare(name: string, folder: string): Promise<string[][] | string> {
  const script = new URL("./torch_onnx.py", import.meta.url);
  const peer = await pythonPeer(script, [folder, String(EXAMPLES), name]);
  if (typeof peer === "string") return peer;
  await using _ = peer;
  const options = measureOptions({ data: `${folder}/data.npz` }, (each) => each, [
    `${folder}/${name}.onnx`,
  ]);
  const data = await openData(options, () => {});
  await using point = await openPoint(options, `${folder}/${name}.onnx`, data);
  const { x } = point.weights;
  const ones = new Float64Array(x.length).fill(1);
  const own = async (): Promise<Round> => ({
    gradient: await timed(async () => (await point.objective.evaluate(x)).gradient),
    Hv: await timed(() => point.objective.hessian(x).apply(ones)),
  });
  // The first calls are slow, on both sides.
  for (let round = 0; round < 2; round++) await pair(own, peer);
  const pairs: [Round, Round][] = [];
  for (let round = 0; round < ROUNDS; round++) pairs.push(await pair(own, peer));
  const times = TASKS.map((task) => {
    const of = (side: 0 | 1) => median(pairs.map((each) => each[side][task].ms));
    const ratio = median(pairs.map(([a, b]) => a[task].ms / b[task].ms));
    const [a, b] = pairs[0]!.map((each) => each[task].norm) as [number, number];
    return [
      `${name}, n = ${x.length}`,
      task,
      `${of(0).toFixed(0)} ms`,
      `${of(1).toFixed(0)} ms`,
      ratio.toFixed(2),
      Math.abs(a / b - 1).toExponential(0),
    ];
  });
  // Of several models in one process the most memory is that of the largest so far.
  if (network?.length !== 1) return times;
  const [mine, theirs] = [highWaterMark() / 2 ** 20, await peer.ask("memory") as number];
  const sizes = [mine, theirs].map((size) => `${size.toFixed(0)} MiB`);
  return [...times, [times[0]![0]!, "most memory", ...sizes, (mine / theirs).toFixed(2), ""]];
}

async function pair(own: () => Promise<Round>, peer: Peer): Promise<[Round, Round]> {
  return [await own(), await peer.ask("round") as Round];
}

async function timed(run: () => Promise<Float64Array>): Promise<Timed> {
  const start = performance.now();
  const found = await run();
  return { ms: performance.now() - start, norm: norm(found) };
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
