/**
 * Runs on a machine with a GPU what can be known only there, within a few minutes: the op tests, the
 * bench against JAX and PyTorch, what the device waits for, a pair of F1 on MNIST with its tables,
 * pairs of C1 on CIFAR-10.
 * What is done when the time is over comes back: logs, a summary, and bundles for `basin import`.
 */
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { xlaDescription } from "../../lib/engine/xla/description.ts";
import { locatePlugin } from "../../lib/engine/xla/plugin_location.ts";
import { requestedEngine, xlaChoiceOf } from "../../lib/engine/setup/choice.ts";
import { runStep, type Step, type StepResult } from "./step.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

const HELP = `Measure on a GPU: run [options]

  --out <folder>    where logs, summary and bundles go (default: basin-gpu-results)
  --minutes <n>     time for all (default: 10); a second run goes on where the first one ended
  --engine <name>   cuda, rocm, tpu or xla:PLUGIN (default: cuda)
  --small           toy sizes, to try the script itself, for instance with xla-cpu
  --help            this text

BASIN_DATA_DIR names the folder of MNIST's four files and of cifar-10-binary.tar.gz.
`;

/** A file without which a study cannot run: there is no network. */
const DATA: Readonly<Record<string, string>> = {
  "gpu-mnist": "train-images-idx3-ubyte.gz",
  "gpu-cifar-10": "cifar-10-binary.tar.gz",
};

/** Seconds of each step, as shares of ten minutes; what is left goes to the last study. */
const SECONDS = {
  ops: 150,
  determinism: 40,
  benchF1: 80,
  benchC1: 130,
  waits: 60,
  mnist: 120,
  bundles: 30,
};

const { values } = parseArgs({
  args: [...Deno.args],
  options: {
    out: { type: "string", default: "basin-gpu-results" },
    minutes: { type: "string", default: "10" },
    engine: { type: "string", default: "cuda" },
    small: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  say(HELP);
  Deno.exit(0);
}
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  say(`Cannot run for --minutes ${values.minutes}; name a number above 0\n`);
  Deno.exit(2);
}
const out = resolve(values.out);
const start = performance.now();
const left = () => 60 * minutes - (performance.now() - start) / 1000;
const share = (seconds: number) => Math.min(left(), seconds * minutes / 10);
const plugin = pluginOrEnd();
const env = { BASIN_ENGINE: `xla:${plugin}`, BASIN_XLA_PLUGIN: plugin };
const place = { cwd: PROJECT, logs: `${out}/logs` };
const results: StepResult[] = [];

await Deno.mkdir(place.logs, { recursive: true });
await Deno.writeTextFile(
  `${out}/device.json`,
  `${JSON.stringify({ plugin, ...xlaDescription(plugin) }, null, 2)}\n`,
);
const test = ["test", "-A", "--no-check"];
await step("ops", SECONDS.ops, [
  ...test,
  "--filter",
  "/float32 rounding, xla/",
  "tests/graph/ops_test.ts",
]);
await step("determinism", SECONDS.determinism, [
  ...test,
  "--filter",
  "/200 steps/",
  "tests/engine/xla/training_test.ts",
]);
const bench = (network: string) => [
  ...["run", "-A", "tests/bench/networks.ts", "--network", network],
  ...(values.small ? ["--rounds", "1", "--repeats", "1"] : ["--rounds", "5", "--repeats", "20"]),
];
await step("bench-F1", SECONDS.benchF1, bench("F1"));
if (values.small) skip("bench-C1", "a toy size has none");
else await step("bench-C1", SECONDS.benchC1, bench("C1"));
await step("waits", SECONDS.waits, [
  ...["run", "-A", "tests/bench/device.ts", "--network", "F1"],
  ...(values.small ? ["--examples", "400", "--chunk", "200"] : ["--examples", "60000"]),
]);
const profiles = values.small ? ["smoke"] : ["gpu-mnist", "gpu-cifar-10"];
await study(profiles[0]!, SECONDS.mnist);
for (const profile of profiles.slice(1)) await study(profile, Infinity);
for (const profile of profiles) await exportBundle(profile);
await writeSummary();
if (results.some(({ outcome }) => outcome === "failed")) Deno.exitCode = 1;

async function step(name: string, seconds: number, args: readonly string[]): Promise<void> {
  const given = Math.floor(Math.min(share(seconds), left() - SECONDS.bundles * minutes / 10));
  if (given < 1) return skip(name, "no time is left");
  say(`${name}: at most ${given} s … `);
  const planned: Step = { name, args, seconds: given, env };
  note(await runStep(planned, place));
}

/** A study runs until its time is over; its cells leave checkpoints, from which a next run goes on. */
async function study(profile: string, seconds: number): Promise<void> {
  const file = DATA[profile];
  const folder = Deno.env.get("BASIN_DATA_DIR") ?? "";
  if (file !== undefined && !await exists(`${folder}/${file}`)) {
    return skip(profile, `there is no ${file} in the folder that BASIN_DATA_DIR names`);
  }
  await step(profile, seconds, basin(profile, "run", "--verbose"));
}

function basin(profile: string, ...args: readonly string[]): string[] {
  const artifacts = ["--artifacts", `${out}/artifacts`];
  return ["run", "-A", "tasks/basin.ts", ...args, "--profile", profile, ...artifacts];
}

/** One file with each cell that has a result, and all that it rests on. */
async function exportBundle(profile: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: basin(profile, "plan", "--json"),
    cwd: PROJECT,
    env,
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  const cells: { cell: string; state: string }[] = text === "" ? [] : JSON.parse(text);
  const done = cells.filter(({ state }) => state === "up to date").map(({ cell }) => cell);
  const name = `bundle-${profile}`;
  if (done.length === 0) return skip(name, "no cell has a result");
  say(`${name}: ${done.length} of ${cells.length} cells … `);
  const args = basin(profile, "export", ...done, `${out}/${profile}.tar`);
  note(await runStep({ name, args, seconds: 120, env }, place));
}

async function writeSummary(): Promise<void> {
  const rows = results.map(({ name, outcome, seconds, last }) =>
    `| ${name} | ${outcome} | ${seconds} | ${last.replaceAll("|", "\\|").slice(0, 120)} |`
  );
  const table = [
    "| step | outcome | seconds | last words |",
    "| --- | --- | ---: | --- |",
    ...rows,
  ];
  await Deno.writeTextFile(`${out}/summary.md`, `${table.join("\n")}\n`);
  await Deno.writeTextFile(`${out}/summary.json`, `${JSON.stringify(results, null, 2)}\n`);
  say(`\n${table.join("\n")}\n\n${out}: bring it back; \`basin import\` takes the .tar files\n`);
}

function pluginOrEnd(): string {
  try {
    const choice = xlaChoiceOf(requestedEngine(() => values.engine));
    if (choice !== undefined) return locatePlugin(choice);
    throw new RangeError(`Cannot measure a GPU with --engine ${values.engine}; name cuda or rocm`);
  } catch (error) {
    say(`${(error as Error).message}\n`);
    Deno.exit(2);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function skip(name: string, why: string): void {
  note({ name, outcome: "skipped", seconds: 0, last: why });
}

function note(result: StepResult): void {
  results.push(result);
  say(`${result.name}: ${result.outcome} (${result.seconds} s)\n`);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
