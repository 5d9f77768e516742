/**
 * `deno task bench noop`: how long a study takes of which nothing has to run, and with how much
 * memory, beside other tools on a graph of the same shape. Versions are interleaved; each figure is
 * the median of the rounds.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatTable } from "../../lib/pipeline/display/format.ts";
import { studyHere, studyOfCells } from "../pipeline/in_process.ts";
import { highWaterMark } from "./high_water_mark.ts";
import { writePeers } from "./noop_peers.ts";
import { median } from "./statistics.ts";

const ROUNDS = 5;
const BASIN = fileURLToPath(new URL("../../tasks/basin.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
/** Seconds and megabytes to stay below, through `deno task`. */
const BARS: Readonly<Record<number, { seconds: number; megabytes: number }>> = {
  100: { seconds: 0.2, megabytes: 250 },
  1000: { seconds: 0.25, megabytes: 250 },
  10000: { seconds: 1.5, megabytes: 250 },
};

interface Contender {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
}

interface Measured {
  readonly seconds: number;
  /** Of its largest process. */
  readonly megabytes: number;
}

for (const count of [100, 1000, 10000]) await compare(count);

async function compare(count: number): Promise<void> {
  await using study = await studyHere(studyOfCells(count));
  const { summary } = await study.run();
  if (summary.results.size !== count) {
    throw new Error(`Cannot measure: ${summary.failed.length} failed`);
  }
  const yaml = `${study.folder}/pipeline.yaml`;
  const deno = Deno.execPath();
  const contenders: Contender[] = [
    { name: "basin run", command: [deno, "run", "-A", BASIN, "run"], folder: study.folder },
    {
      name: "deno task pipeline",
      command: [deno, "task", "--quiet", "--config", CONFIG, "pipeline", "--file", yaml],
      folder: study.folder,
    },
    ...writePeers(study.folder, count),
  ];
  const figures = new Map<string, Measured[]>();
  for (const contender of contenders) await measure(contender); // fills caches and what is undone
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const own = figures.get(contender.name) ?? [];
      figures.set(contender.name, [...own, await measure(contender)]);
    }
  }
  const middle = (name: string, of: keyof Measured) =>
    median(figures.get(name)!.map((each) => each[of]));
  const ours = middle("basin run", "seconds");
  const rows = contenders.map(({ name }) => [
    name,
    middle(name, "seconds").toFixed(2),
    (middle(name, "seconds") / ours).toFixed(2),
    String(Math.round(middle(name, "megabytes"))),
  ]);
  const table = formatTable([["", "s", "ratio", "MB"], ...rows]);
  const bar = BARS[count]!;
  const met = middle("deno task pipeline", "seconds") <= bar.seconds &&
    middle("deno task pipeline", "megabytes") <= bar.megabytes;
  const text = `${count} cells, nothing to do; medians of ${ROUNDS} rounds, ` +
    `${navigator.hardwareConcurrency} cores\n\n${table}\n` +
    `bar: ${bar.seconds} s, ${bar.megabytes} MB: ${met ? "met" : "missed"}\n\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
}

/** Runs a command once. Memory is the high-water mark of the process that has the highest. */
async function measure(
  { name, command: [program, ...args], folder }: Contender,
): Promise<Measured> {
  const env = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR"].flatMap((key) => {
      const value = Deno.env.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const start = performance.now();
  // Without the allocator settings that the other benchmarks run under: they cost memory.
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const marks = new Map<number, number>();
  const look = () => {
    for (const pid of familyOf(child.pid)) {
      marks.set(pid, Math.max(marks.get(pid) ?? 0, highWaterMark(pid)));
    }
  };
  const timer = setInterval(look, 20);
  const { code, stderr } = await child.output();
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`Cannot measure ${name}: ${new TextDecoder().decode(stderr)}`);
  return { seconds, megabytes: Math.max(0, ...marks.values()) / 1e6 };
}

/** A process and those that it started, as far as the system tells. */
function familyOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return [
      pid,
      ...children.split(" ").filter((each) => each !== "").map(Number).flatMap(familyOf),
    ];
  } catch {
    return [pid];
  }
}
