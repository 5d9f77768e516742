// The weights are PyTorch's, and so are the numbers: tests/oracles/measure_torch.py.
import assert from "node:assert/strict";
import { encodeSafetensors } from "../../lib/data/safetensors.ts";
import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { MEASURE_NAMES } from "../../lib/measures/measures.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import torch from "../oracles/measure_torch.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { runMeasure } from "../support/run_measure.ts";

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname;
const DENSE = {
  weights: golden("torch_dense.safetensors"),
  network: "mlp-norm:6,5",
  data: golden("torch_images.safetensors"),
};

/** Runs the verb with these flags beside the usual ones. */
function measure(
  flags: Record<string, string | string[]>,
  how: { readonly json?: boolean; readonly signal?: AbortSignal } = {},
) {
  return runMeasure([], { ...DENSE, ...flags }, how);
}

Deno.test("measure prints and writes every measure of a network that PyTorch trained", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const out = `${folder}/sharp.json`;
    const { exit, stdout, stderr } = await measure({
      out,
      lanczosSteps: "225",
      probes: "300",
      maxIterations: "5",
      pairs: "2",
    });
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /1\.weight → dense1\/kernel/);
    assert.match(stdout, /note: 4 has no bias/);
    assert.match(stdout, /note: running statistics of 2 layers left out.*--batch-norm running/);
    assert.match(stdout, /f 0\.113154 nats, accuracy 95\.00 %/);
    assert.equal(stderr.match(/^\d+\/15 /gm)?.length, 15);

    const result = JSON.parse(await Deno.readTextFile(out));
    const { loss, gradientNorm, eigenvalues, trace } = torch.dense;
    // Engines compute in float32: 6e-8 for each number, a thousandfold in what cancels.
    assertClose([result.loss, result.gradientNorm], [loss, gradientNorm], { relative: 1e-4 });
    assertClose(result.measures.eigenvalues.values.slice(-3), eigenvalues, { relative: 1e-4 });
    const { mean, standardError } = result.measures.trace;
    assert.ok(Math.abs(mean - trace) < 3 * standardError, `${mean} ± ${standardError}`);
    assert.deepEqual(Object.keys(result.measures), [...MEASURE_NAMES]);
    // Interlacing: no block has a larger eigenvalue than the whole.
    const most = eigenvalues.at(-1)!;
    const { density, layers, directions } = result.measures;
    assert.deepEqual(layers.map(({ layer }: { layer: string }) => layer), [
      "dense1",
      "norm1",
      "dense2",
      "norm2",
      "dense3",
    ]);
    for (const { layer, value } of layers) assert.ok(value <= most * (1 + 1e-4), layer);
    assertClose([Math.max(...density.nodes)], [most], { relative: 1e-4 });
    assert.ok(density.bulk > 0 && density.bulk < 1);
    assert.equal(directions.percents.length, 100);
    assert.ok(directions.share > 0 && directions.share <= 1);
    assert.deepEqual(result.failures, {});
    assert.equal(result.weights.layout, "pytorch");
    assert.equal(result.network.dimension, 225);
    for (const name of ["ball", "adaptive-box", "adaptive-ellipsoid"]) {
      assert.ok(result.measures[name].rise > 0, name);
    }
    // 225 weights in ten tensors, each with a range.
    const { bits, descriptionBits } = result.measures.bits;
    assert.equal(descriptionBits, 225 * bits + 10 * 64);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [
      "sharp.json",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("measure --json writes JSON alone to stdout", async () => {
  const { exit, stdout, stderr } = await measure({ measures: "bits,expected" }, { json: true });
  assert.equal(exit, 0);
  const { data, measures } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(measures), ["expected", "bits"]);
  assert.deepEqual(Object.keys(data), ["name", "requested", "count", "isWeighted"], "no part");
  assert.match(stderr, /bits needed for each weight +\d+ bits/);
});

Deno.test("measure --json names the part of a named data set", async () => {
  const named = { network: "mlp:", data: "mnist-10k", examples: "10", measures: "bits" };
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const weights = `${folder}/w.safetensors`;
    const zeros = (shape: number[]) => ({
      dtype: "F32" as const,
      shape,
      data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)),
    });
    const tensors = { "dense1/kernel": zeros([784, 10]), "dense1/bias": zeros([10]) };
    await Deno.writeFile(weights, encodeSafetensors(tensors));
    const { stdout, stderr } = await measure({ ...named, weights, part: "test" }, { json: true });
    assert.notEqual(stdout, "", stderr);
    assert.equal(JSON.parse(stdout).data.part, "test");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("measure prints no error of a single draw, and writes null for what is not known", async () => {
  const flags = {
    measures: "trace,expected,pac-bayes,bits,eigenvalues",
    probes: "1",
    pairs: "1",
    lanczosSteps: "1",
    rise: "1e-12",
  };
  const { exit, stdout, stderr } = await measure(flags, { json: true });
  assert.equal(exit, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /NaN|±|then ;/);
  const { measures } = JSON.parse(stdout);
  const { bits, rise } = measures.bits;
  const errors = [measures.trace.standardError, measures.expected.standardError];
  assert.deepEqual([...errors, bits, rise], [null, null, null, null]);
  assert.match(stderr, /bits needed for each weight +more than 16 bits/);
});

Deno.test("measure --batch-norm running evaluates as PyTorch does", async () => {
  const flags = { batchNorm: "running", measures: "bits" };
  const { stdout, stderr } = await measure(flags, { json: true });
  assert.doesNotMatch(stderr, /left out/);
  assertClose([JSON.parse(stdout).loss], [torch.dense.lossInEvaluation], { relative: 1e-5 });
});

Deno.test("measure goes on after a measure that fails, and says so in its exit status", async () => {
  // A box of infinite width has no vertex to start from.
  const { exit, stdout } = await measure({ eps: "1e308", measures: "sharpness,bits" }, {
    json: true,
  });
  assert.equal(exit, 1);
  const { measures, failures } = JSON.parse(stdout);
  assert.deepEqual([Object.keys(measures), Object.keys(failures)], [["bits"], ["sharpness"]]);
});

Deno.test("measure fails where f is not finite, and does not measure there", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const weights = `${folder}/huge.safetensors`;
  const filled = (...shape: number[]) => {
    const length = shape.reduce((product, extent) => product * extent, 1);
    return { dtype: "F32", shape, data: new Float32Array(length).fill(1e30) } as const;
  };
  // A hidden layer and logits whose products overflow.
  const tensors = { "1.weight": filled(2, 24), "3.weight": filled(3, 2) };
  await Deno.writeFile(weights, encodeSafetensors(tensors));
  const { exit, stdout } = await measure({ weights, network: "mlp:2" });
  assert.equal(exit, 1);
  assert.match(stdout, /Cannot measure where f\(x\) = (NaN|Infinity); are these weights of mlp:2/);
  assert.doesNotMatch(stdout, /bits needed/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("measure ends at an interrupt with what it has", async () => {
  const controller = new AbortController();
  controller.abort();
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  const out = `${folder}/sharp.json`;
  await Deno.writeTextFile(out, `{"earlier": "results"}`);
  const { exit, stdout } = await measure({ out }, { json: true, signal: controller.signal });
  assert.equal(exit, 130);
  assert.equal(await Deno.readTextFile(out), `{"earlier": "results"}`);
  assert.equal(await Deno.readTextFile(`${out}.partial`), stdout);
  await Deno.remove(folder, { recursive: true });
  const { interrupted, measures } = JSON.parse(stdout);
  assert.deepEqual([interrupted, measures], [true, {}]);
});

Deno.test("measure takes what does not fit for a mistake on the command line, and names it", async () => {
  const mistakes: [Record<string, string | string[]>, RegExp][] = [
    [
      { network: "F1" },
      /norm5 is missing[^]*1\.weight is \[6,24\], but dense1\/kernel wants \[512,784\]/,
    ],
    [{ network: "F9" }, /network named "F9"; did you mean `F1`/],
    [{ network: "mlp-norm:6,4" }, /5\.weight is \[5\], but norm2\/gamma wants \[4\]/],
    [{ map: ["head=dense3"] }, /head=dense3: the file has no module or tensor "head"/],
    [
      { data: "mnst" },
      /data "mnst": there is no file and no data set of that name; did you mean `mnist`/,
    ],
    [
      { weights: "nowhere.safetensors" },
      /the weights nowhere\.safetensors: there is no such file; na/,
    ],
    [{ weights: "." }, /Cannot read the weights \.: it is a folder; name a safetensors file/],
    [{ weights: "x".repeat(300) }, /Cannot read the weights x+: its name is too long; name/],
    [{ out: "." }, /Cannot write \.: it is a folder; name a file/],
    [{ weights: golden("tables.md") }, /Cannot read \S+tables\.md: its header .*safetensors/],
    [{ layout: "basin" }, /dense1\/kernel \[24,6\] is missing/],
    [{ out: "nowhere/sharp.json" }, /Cannot write nowhere\/sharp\.json: there is no folder/],
    [{ out: DENSE.weights }, /Cannot write \S+torch_dense\.safetensors: .* it is no JSON/],
    [
      { part: "test", dataDir: "nowhere" },
      /Cannot use --part and --data-dir with \S+\.safetensors, which is a file or a folder, and no named data set; leave them out/,
    ],
    [
      { data: "mnist-10k", labels: "y.npy" },
      /Cannot use --labels with mnist-10k, which is a data set with labels of its own; leave it out/,
    ],
  ];
  for (const [flags, message] of mistakes) {
    const { exit, stdout, stderr } = await measure(flags);
    assert.deepEqual([exit, stdout], [2, ""]);
    assert.match(stderr, message);
  }
});

Deno.test("measure fails, and says how to mend it, where the data cannot be had", async () => {
  const empty = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    // A folder that is named has to have the files: nothing is fetched.
    const { exit, stdout, stderr } = await measure({ data: "cifar-10", dataDir: empty });
    assert.deepEqual([exit, stdout], [1, ""]);
    assert.match(stderr, /cifar-10/);
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
});

Deno.test("measureOptions() names all mistakes at once", () => {
  const given = {
    network: "F1",
    eps: "-1",
    seed: "1.5",
    measures: "bal,trace,speed",
    batchNorm: "runing",
    map: ["fc"],
    examples: "",
    dataDir: "",
  };
  assert.throws(() => measureOptions(given, kebabCase), (error: Error) => {
    assert.deepEqual(error.message.split("\n").slice(1), [
      "  --weights is missing; give a safetensors file, or an ONNX model without a flag",
      '  --data-dir got "", want a name',
      '  --examples got "", want a whole number above 0',
      '  --batch-norm got "runing"; did you mean `running`?',
      '  --map got "fc", want module=layer, as in fc_in=dense1',
      '  --measures got "bal"; did you mean `ball`?',
      `  --measures got "speed"; known are ${
        MEASURE_NAMES.slice(0, 12).map((name) => `\`${name}\``).join(", ")
      }, …`,
      '  --eps got "-1", want a number above 0',
      '  --seed got "1.5", want a whole number from 0',
    ]);
    return true;
  });
});

Deno.test("basin measure is a verb with help, suggestions and exit statuses", async () => {
  const basin = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("../../tasks/basin.ts", import.meta.url).pathname, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: decode(stdout), stderr: decode(stderr) };
  };
  const help = await basin("measure", "--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--lanczos-steps <count>[^]*deno task basin measure --weights/);
  const slip = await basin("measure", "--wieghts", "x");
  assert.deepEqual([slip.code, slip.stdout], [2, ""]);
  assert.match(slip.stderr, /Did you mean --weights/);
  const wrong = await basin("measure", "--weights", "x", "--network", "F1", "--eps", "much");
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /--eps got "much", want a number above 0/);
});

Deno.test("measure --surface draws f around the weights, as SVG or as Vega-Lite with its numbers", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const surface = `${folder}/surface.svg`;
    const drawn = await measure({ measures: "bits", surface });
    assert.equal(drawn.exit, 0, drawn.stderr);
    assert.match(drawn.stderr, /the surface is .*surface\.svg/);
    assert.match(await Deno.readTextFile(surface), /^<svg .*filter-normalised/s);
    const json = `${folder}/surface.json`;
    await measure({ measures: "bits", surface: json });
    const spec = JSON.parse(await Deno.readTextFile(json));
    const sets = Object.values(spec.datasets ?? {}).concat(
      spec.concat[0].layer.map(({ data }: { data: { values: unknown } }) => data.values),
    ) as Record<string, number>[][];
    const cells = sets.find((rows) => rows.length === 15 * 15)!;
    // The middle of the grid is the point itself; six digits are drawn.
    const middle = cells.find(({ a, b }) => a === 0 && b === 0)!;
    assertClose([middle.value!], [torch.dense.loss], { relative: 1e-4 });
    assert.throws(
      () => measureOptions({ ...DENSE, surface: "a.gif" }, kebabCase),
      /\.svg or \.json/,
    );
    const nowhere = await measure({ surface: `${folder}/none/a.svg` });
    assert.equal(nowhere.exit, 2);
    assert.match(nowhere.stderr, /there is no folder/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
