/**
 * The default study's parts on F1, side by side with the script that a good researcher would write in
 * PyTorch and SciPy (torch_study.py): part by part, first ours and then theirs, round by round. Both
 * start from the same weights, see the same batches and vectors, and measure at the same point.
 *
 * Beside the time by the clock stands that of the processors, which other work on the machine
 * disturbs less.
 */
import { parseArgs } from "node:util";
import { randomSigns } from "../../lib/curvature/random_signs.ts";
import { epochOrder } from "../../lib/data/batches.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network } from "../../lib/networks/zoo.ts";
import { stream } from "../../lib/random/stream.ts";
import { randomMatrix } from "../../lib/sharpness/random_matrix.ts";
import { readDataset } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import { fakeContext } from "../support/fake_context.ts";
import { pythonPeer } from "./peer.ts";
import { processorName } from "./processor.ts";
import { basinParts, type Done, type Part, PARTS, ritzBasis, SEED } from "./study_parts.ts";
import { DEFAULT_SIZES, SMALL_SIZES, type StudySizes } from "./study_sizes.ts";
import { studyTable } from "./study_table.ts";

const { values: { small, onednn, rounds } } = parseArgs({
  args: Deno.args,
  options: {
    small: { type: "boolean" },
    onednn: { type: "boolean" },
    rounds: { type: "string", default: "2" },
  },
});
const sizes = small ? SMALL_SIZES : DEFAULT_SIZES;
const folder = await Deno.makeTempDir({ prefix: "basin-bench-" });
try {
  await compare(Number(rounds));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function compare(rounds: number): Promise<void> {
  const { train, test } = sizes;
  const parameters = { dataset: "mnist-10k" as const, train, test, seed: SEED };
  await download.run(fakeContext({ parameters, folder }));
  const data = {
    train: await readDataset(`${folder}/train`),
    test: await readDataset(`${folder}/test`),
  };
  const start = initialPoint(network("F1"), SEED);
  await writeGiven(sizes, data, start);
  const engine = await selectEngine();
  const ours = basinParts(sizes, data, engine, start, (x) => writeNumbers("point", x));
  const peer = await pythonPeer(new URL("./torch_study.py", import.meta.url), [
    folder,
    ...(onednn ? ["onednn"] : []),
  ]);
  const none = () => ({ ours: [] as Done[], theirs: [] as Done[] });
  const found: Record<Part, ReturnType<typeof none>> = {
    small: none(),
    large: none(),
    full: none(),
    subspace: none(),
    ritz: none(),
    spectrum: none(),
  };
  const notes = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (const part of PARTS) {
      found[part].ours.push(await ours[part]());
      if (typeof peer === "string") continue;
      const { note, ...theirs } = await peer.ask(part) as Done & { note: string | null };
      if (note) notes.add(note);
      found[part].theirs.push(theirs);
    }
  }
  const { name, version, threads } = engine.description;
  const text = [
    `F1, ${train} digits for training and ${test} for testing, f in chunks of ${sizes.chunk}, on ` +
    processorName(),
    `${name} ${version}, ${threads} threads on both sides; seconds, the least of ${rounds} rounds`,
    typeof peer === "string"
      ? `PyTorch and SciPy were not measured: ${peer}`
      : `peer: ${peer.name}, ${[...notes].join(", ")}`,
    "",
    studyTable(sizes, found),
    "",
  ].join("\n");
  await Deno.stdout.write(new TextEncoder().encode(text));
  if (typeof peer !== "string") await peer[Symbol.asyncDispose]();
}

/** What both sides start from, in files of bare numbers. */
async function writeGiven(
  sizes: StudySizes,
  data: Readonly<Record<"train" | "test", Dataset>>,
  start: Float64Array,
): Promise<void> {
  const n = start.length;
  await Deno.writeTextFile(`${folder}/sizes.json`, JSON.stringify(sizes));
  for (const [part, { features, labels }] of Object.entries(data)) {
    await writeNumbers(`${part}.features`, features);
    await writeNumbers(`${part}.labels`, labels);
  }
  await writeNumbers("start", start);
  const orders = Array.from(
    { length: sizes.epochs },
    (_, epoch) => epochOrder(data.train.count, SEED, epoch + 1),
  );
  await writeNumbers("orders", Uint32Array.from(orders.flatMap((order) => [...order])));
  const normals = (...name: (string | number)[]) => {
    const vector = new Float64Array(n);
    stream(SEED, ...name).fillNormal(vector, 0);
    return vector;
  };
  await writeNumbers("lanczos", normals("lanczos"));
  await writeNumbers("density", normals("spectral density", 0));
  const basis = ritzBasis(sizes, n);
  const columns = new Float32Array(n * sizes.ritzColumns);
  const probes = new Float32Array(n * sizes.traceProbes);
  for (let k = 0; k < sizes.ritzColumns; k++) {
    const unit = Float64Array.from({ length: sizes.ritzColumns }, (_, j) => j === k ? 1 : 0);
    columns.set(basis.expand(unit), k * n);
  }
  for (let k = 0; k < sizes.traceProbes; k++) {
    probes.set(randomSigns(n, SEED, "hutchinson", k), k * n);
  }
  await writeNumbers("columns", columns);
  const matrix = { rows: n, columns: sizes.columns, law: "gaussian", seed: SEED } as const;
  const blocks: Float32Array[] = [];
  randomMatrix(matrix).forEachBlock((block) => void blocks.push(block.slice()));
  for (const block of blocks) await writeNumbers("subspace", block, true);
  await writeNumbers("probes", probes);
}

async function writeNumbers(
  name: string,
  numbers: Float32Array | Float64Array | Int32Array | Uint32Array,
  append = false,
): Promise<void> {
  await Deno.writeFile(`${folder}/${name}`, new Uint8Array(numbers.slice().buffer), { append });
}
