/**
 * `deno task bench slurm`: what a cell costs through Slurm, beside the same cells computed here and
 * beside jobs of the same number that do nothing; all on one node, in one run.
 *
 * The overhead is what is left of the time when both are taken away, for each cell.
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { formatTable } from "../../lib/pipeline/display/format.ts";
import { studyHere, studyOfCells } from "../pipeline/in_process.ts";
import { lackOfSlurm, slurmCluster } from "../support/slurm_cluster.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const BASIN = fileURLToPath(new URL("../../tasks/basin.ts", import.meta.url));
/** Seconds for each cell, and share of a core, to stay below. */
const BARS = { seconds: 0.3, share: 0.05 };

const { values } = parseArgs({ args: Deno.args, options: { cells: { type: "string" } } });
const count = Number(values.cells ?? 1000);
const lack = lackOfSlurm();
await Deno.stdout.write(
  new TextEncoder().encode(lack === undefined ? await compare() : `Cannot measure: ${lack}\n`),
);

async function compare(): Promise<string> {
  await using folder = await temporaryFolder();
  await using cluster = await slurmCluster(folder.path);
  const basin = async (executor: string) => {
    await using study = await studyHere(studyOfCells(count));
    return await timed(
      study.folder,
      `${quoted(Deno.execPath())} run -A ${quoted(BASIN)} run ` +
        `--executor ${executor} --artifacts ${quoted(`${study.folder}/store`)}`,
    );
  };
  const environment = Object.entries(cluster.env);
  for (const [name, value] of environment) Deno.env.set(name, value);
  const local = await basin("local");
  const slurm = await basin("slurm");
  const arrays = Math.ceil(count / 1000);
  const submit = `sbatch --wait --output=/dev/null --array=0-${
    Math.min(count, 1000) - 1
  } --wrap=true`;
  const queue = await timed(
    folder.path,
    Array.from({ length: arrays }, () => `${submit} >/dev/null`).join(" && "),
  );
  const overhead = (slurm.seconds - local.seconds - queue.seconds) / count;
  const share = slurm.cpu / slurm.seconds;
  const row = (name: string, { seconds }: { seconds: number }) => [
    name,
    seconds.toFixed(1),
    (seconds / count).toFixed(3),
  ];
  const table = formatTable([
    ["", "s", "s a cell"],
    row("computed here", local),
    row("jobs that do nothing", queue),
    row("computed through Slurm", slurm),
  ]);
  const verdict = overhead <= BARS.seconds && share <= BARS.share ? "met" : "missed";
  return `${count} cells, ${navigator.hardwareConcurrency} cores\n\n${table}\n` +
    `overhead beyond the queue's own: ${overhead.toFixed(3)} s a cell; ` +
    `the driver and its commands used ${(100 * share).toFixed(1)} % of a core\n` +
    `bar: ${BARS.seconds} s, ${100 * BARS.share} %: ${verdict}\n`;
}

/** Runs a command of the shell; seconds by the clock, and those of processors that its processes used. */
async function timed(cwd: string, command: string): Promise<{ seconds: number; cpu: number }> {
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `${command} >log; code=$?; times; exit $code`],
    cwd,
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`${command}: ${text.decode(stderr)}`);
  // `times` prints the shell's own times, then those of its children: 0m1.23s 0m0.45s
  const last = text.decode(stdout).trimEnd().split("\n").at(-1)!;
  const cpu = [...last.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
  return { seconds: (performance.now() - started) / 1000, cpu };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
