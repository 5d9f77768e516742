/**
 * λ_max and the trace of a ResNet-20's Hessian, by the library code of `basin measure` on the ONNX file
 * and by a loop in PyTorch as PyHessian has it (torch_hessian.py), from the same start and by the same
 * probes. The data are a seeded stand-in of CIFAR-10, on which PyTorch trains the network first.
 */
import { parseArgs } from "node:util";
import { hutchinsonTrace } from "../../lib/curvature/hutchinson_trace.ts";
import { randomSigns } from "../../lib/curvature/random_signs.ts";
import { syntheticImages } from "../../lib/data/synthetic.ts";
import { stream } from "../../lib/random/stream.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { openData } from "../../lib/own_model/data.ts";
import { type MeasurePoint, openPoint } from "../../lib/own_model/point.ts";
import { formatTable } from "../../lib/pipeline/display/format.ts";
import { type FoundEigenvalue, largestEigenvalue } from "./largest_eigenvalue.ts";
import { type Peer, pythonPeer } from "./peer.ts";
import { processorName } from "./processor.ts";
import { type Spent, timed } from "./spent.ts";

const { values: { small } } = parseArgs({
  args: Deno.args,
  options: { small: { type: "boolean" } },
});
const SIZES = small
  ? { images: 50, epochs: 20, probes: 10 }
  : { images: 200, epochs: 25, probes: 10 };
const SEED = 1;
/** Residual at which Lanczos ends, as a share of λ: the value is then right to its square, or so. */
const RESIDUAL = 1e-3;
/** Change of the eigenvalue at which power iteration ends: PyHessian's default, and for four digits. */
const TOLERANCES = [1e-3, 1e-6];
const MOST_PRODUCTS = 200;

interface Eigenvalue extends FoundEigenvalue, Spent {}
interface Trace extends Spent {
  readonly samples: readonly number[];
}

const folder = await Deno.makeTempDir({ prefix: "basin-bench-" });
try {
  await compare();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function compare(): Promise<void> {
  await writeImages();
  const { images, epochs } = SIZES;
  const script = new URL("./torch_hessian.py", import.meta.url);
  const peer = await pythonPeer(script, [folder, String(images), String(epochs)]);
  if (typeof peer === "string") {
    return await write(`PyTorch, which also trains the network, was not measured: ${peer}\n`);
  }
  await using _ = peer;
  const options = measureOptions({ data: `${folder}/data.npz` }, (name) => name, [
    `${folder}/model.onnx`,
  ]);
  const data = await openData(options, () => {});
  await using point = await openPoint(options, `${folder}/model.onnx`, data);
  await writeVectors(point);
  await write(await report(point, peer));
}

async function report(
  { net, weights: { x }, objective, engine, options, agreement }: MeasurePoint,
  peer: Peer,
) {
  const hessian = objective.hessian(x);
  const { loss, accuracy } = await objective.performance(x);
  // The first call of a function is slow.
  await hessian.applyAll!([x, x, x, x, x]);
  await peer.ask(JSON.stringify({ part: "drawn", probes: 1 }));

  const lambda = await timed(() =>
    largestEigenvalue(hessian, startOf(net.dimension), RESIDUAL, MOST_PRODUCTS)
  );
  const powers: Eigenvalue[] = [];
  for (const tolerance of TOLERANCES) {
    const request = { part: "power", tolerance, most: MOST_PRODUCTS };
    powers.push(await peer.ask(JSON.stringify(request)) as Eigenvalue);
  }
  const { probes } = SIZES;
  const trace = await timed(() => hutchinsonTrace(hessian, { probes, seed: SEED }));
  const same = await peer.ask(JSON.stringify({ part: "trace" })) as Trace;
  const drawn = await peer.ask(JSON.stringify({ part: "drawn", probes })) as Trace;

  const eigenvalueRow = (name: string, found: Eigenvalue) => [
    name,
    found.value.toPrecision(7),
    `residual ${found.residual.toExponential(1)}`,
    String(found.products),
    ...timesOf(found),
    ...ratiosOf(found, lambda),
  ];
  const traceRow = (name: string, mean: number, error: number, spent: Spent) => [
    name,
    mean.toPrecision(7),
    `± ${error.toPrecision(3)}`,
    String(probes),
    ...timesOf(spent),
    ...ratiosOf(spent, trace),
  ];
  const rows = [
    ["", "value", "", "products", "clock s", "cpu s", "clock", "cpu"],
    eigenvalueRow(`λ_max, Basin, Lanczos to a residual of ${RESIDUAL}`, lambda),
    ...powers.map((found, k) =>
      eigenvalueRow(`λ_max, PyTorch, power iteration to a change of ${TOLERANCES[k]}`, found)
    ),
    traceRow("trace, Basin", trace.mean, trace.standardError, trace),
    traceRow("trace, PyTorch, same probes", ...meanOf(same.samples), same),
    traceRow("trace, PyTorch, its own probes", ...meanOf(drawn.samples), drawn),
  ];
  const { name, version, threads } = engine.description;
  const chunks = `chunks of ${options.evaluationBatch}`;
  return [
    `ResNet-20, n = ${net.dimension}, ${SIZES.images} images, f ${loss.toPrecision(4)}, accuracy ` +
    `${(100 * accuracy).toFixed(1)} %, logits ${agreement!.difference.toExponential(1)} apart`,
    `${name} ${version} in ${chunks} against ${peer.name} in one batch; ${threads} threads each; on ` +
    processorName(),
    "clock and cpu at the end: as a multiple of Basin's",
    "",
    formatTable(rows),
    "",
  ].join("\n");
}

function timesOf({ seconds, processor }: Spent): string[] {
  return [seconds.toFixed(1), processor.toFixed(1)];
}

function ratiosOf(spent: Spent, ours: Spent): string[] {
  return [spent.seconds / ours.seconds, spent.processor / ours.processor].map((ratio) =>
    ratio.toFixed(2)
  );
}

/** Mean and standard error. */
function meanOf(samples: readonly number[]): [number, number] {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / (samples.length - 1) / samples.length)];
}

async function writeImages(): Promise<void> {
  const part = { seed: SEED, part: "train", count: SIZES.images };
  const { pixels, labels } = syntheticImages([32, 32, 3], 10, part);
  await writeNumbers("images", Float32Array.from(pixels, (pixel) => (pixel - 128) / 64));
  await writeNumbers("labels", Int32Array.from(labels));
}

/** Of Lanczos and of power iteration. */
function startOf(n: number): Float64Array {
  const start = new Float64Array(n);
  stream(SEED, "lanczos").fillNormal(start, 0);
  return start;
}

/** Start and probes as Basin draws them, and the order of the tensors in them. */
async function writeVectors({ net: { dimension: n, parameters } }: MeasurePoint): Promise<void> {
  const names = parameters.map(({ name }) => name.replaceAll("/", "."));
  await Deno.writeTextFile(`${folder}/tensors.json`, JSON.stringify(names));
  await writeNumbers("start", Float32Array.from(startOf(n)));
  const probes = new Float32Array(n * SIZES.probes);
  for (let k = 0; k < SIZES.probes; k++) probes.set(randomSigns(n, SEED, "hutchinson", k), k * n);
  await writeNumbers("probes", probes);
}

async function writeNumbers(name: string, numbers: Float32Array | Int32Array): Promise<void> {
  await Deno.writeFile(`${folder}/${name}`, new Uint8Array(numbers.slice().buffer));
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
