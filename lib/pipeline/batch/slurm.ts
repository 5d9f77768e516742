/** Slurm, by sbatch, squeue and scancel. */
import type { SlurmPlace, SlurmSettings } from "../config/executor.ts";
import { type BatchSystem, JOB_PREFIX, RefusedError, type Submission } from "./batch_system.ts";
import { type Ended, type RunCommand, runCommand } from "./run_command.ts";
import { isSlurmLine, readSlurmLine } from "./slurm_state.ts";

/** Slurm's own default for MaxArraySize is 1001: the largest number is 1000. */
const LARGEST = 1000;

/** Seconds that a job may take beyond its stage's `timeout`, which is to act first. */
const MARGIN = 120;

/**
 * What sbatch says when it would take the jobs at another time: too many are there, or nobody
 * answers. All else comes again: an unknown partition, an account without money.
 */
const PASSING = [
  /temporarily/i,
  /unable to contact/i,
  /timed? ?out/i,
  /communication/i,
  /socket|connection/i,
  /zero bytes/i,
  /submit limit|MaxSubmit|QOSMaxSubmit|max.*job count|too many/i,
  /authentication|munge|credential/i,
  /slurmctld|controller/i,
];

/** Limits that the job itself is beyond; Slurm says in the same breath that it may be the queue's. */
const FINAL = /PerJob/;

/** Of an array that is longer than this cluster has them: a shorter one will be taken. */
const TOO_LONG = /invalid job array/i;

/** A Slurm cluster. */
export function slurm(settings: SlurmSettings, run: RunCommand = runCommand): BatchSystem {
  return {
    title: "Slurm",
    largest: LARGEST,
    indexVariable: "SLURM_ARRAY_TASK_ID",
    async check() {
      const ended = await run("sbatch", ["--version"]);
      if (ended.code !== 0) {
        throw new RangeError(
          `Cannot use Slurm here, for \`sbatch --version\` fails: ${
            messageOf(ended)
          }; mend that, ` +
            "or use --executor local",
        );
      }
    },
    async submit(submission) {
      if (submission.output.includes("\\")) {
        throw new RefusedError(
          `Slurm reads no backslash in a path, and there is one in ${submission.output}; name ` +
            "another folder with --artifacts",
        );
      }
      const place = settings.stages.get(submission.needs.name) ?? settings;
      const ended = await run(
        "sbatch",
        sbatchOptions(submission, place, settings.atOnce),
        [`#!/bin/sh`, ...settings.prepare, submission.script, ""].join("\n"),
      );
      if (ended.code === 0) return ended.stdout.trim().split(";")[0]!; // `;cluster` may follow
      const message = `sbatch: ${messageOf(ended)}`;
      const isPassing = submission.count > 1 && TOO_LONG.test(message) ||
        !FINAL.test(message) && PASSING.some((pattern) => pattern.test(message));
      throw isPassing ? new Error(message) : new RefusedError(message);
    },
    async poll() {
      const ended = await run("squeue", [
        ...["--me", "--noheader", "--array", "--states=all"],
        "--format=%F|%K|%T|%r|%N|%j",
      ]);
      if (ended.code !== 0) throw trouble("squeue", ended);
      const lines = ended.stdout.split("\n").filter((line) => line.trim() !== "");
      // Taken for an empty queue, it would have every job sent once more.
      if (lines.length > 0 && !lines.some(isSlurmLine)) {
        throw new Error(`squeue: it lists no jobs, but prints ${JSON.stringify(lines[0])}`);
      }
      return lines.map(readSlurmLine).filter((state) => state !== undefined)
        .filter(({ name }) => name.startsWith(JOB_PREFIX));
    },
    async cancel(names, ids) {
      const chunks = Array.from(
        { length: Math.ceil(ids.length / LARGEST) },
        (_, i) => ids.slice(i * LARGEST, (i + 1) * LARGEST),
      );
      for (const args of [...names.map((name) => [`--name=${name}`]), ...chunks]) {
        const ended = await run("scancel", args);
        const isOver = /Invalid job id|already complet/i.test(ended.stderr);
        if (ended.code !== 0 && !isOver) throw trouble("scancel", ended);
      }
    },
  };
}

/** What `sbatch` is called with; the script comes by standard input. */
export function sbatchOptions(
  { name, count, needs, output, comment }: Submission,
  { partition, account, time, options }: SlurmPlace,
  atOnce?: number,
): string[] {
  const { cpus, memory, gpus, timeout } = needs;
  const limit = atOnce === undefined ? "" : `%${atOnce}`;
  const minutes = Math.ceil((time ?? timeout + MARGIN) / 60);
  return [
    "--parsable",
    `--job-name=${name}`,
    `--comment=${comment}`,
    `--array=0-${count - 1}${limit}`,
    `--output=${output.replaceAll("%", "%%")}/%a.out`,
    "--open-mode=append",
    "--requeue",
    "--ntasks=1",
    `--cpus-per-task=${cpus}`,
    `--time=${minutes}`,
    ...(memory > 0 ? [`--mem=${Math.ceil(memory / 2 ** 20)}M`] : []),
    ...(gpus > 0 ? [`--gres=gpu:${gpus}`] : []),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...options,
  ];
}

/** What kept a command from its work; the caller says what that means. */
function trouble(program: string, ended: Ended): Error {
  return new Error(`${program}: ${messageOf(ended)}`);
}

function messageOf({ code, stderr, stdout }: Ended): string {
  const lines = (stderr.trim() || stdout.trim()).split("\n")
    .map((line) => line.replace(/^(sbatch|squeue|scancel|slurm\w*): (error: |fatal: )?/, ""))
    .filter((line) => line !== "");
  return lines.join("; ") || `it ended with exit status ${code}`;
}
