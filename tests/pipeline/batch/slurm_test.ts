import assert from "node:assert/strict";
import type { SlurmSettings } from "../../../lib/pipeline/config/executor.ts";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { RefusedError, type Submission } from "../../../lib/pipeline/batch/batch_system.ts";
import type { Ended } from "../../../lib/pipeline/batch/run_command.ts";
import { sbatchOptions, slurm } from "../../../lib/pipeline/batch/slurm.ts";
import { readSlurmLine } from "../../../lib/pipeline/batch/slurm_state.ts";
import { NEEDS } from "./fake_system.ts";

const SUBMISSION: Submission = {
  name: "basin-ab",
  script: "exec task",
  count: 12,
  needs: { ...NEEDS, cpus: 4, memory: 3_000_000_000, gpus: 2, timeout: 3600 },
  output: "/store/batch/basin-ab",
  comment: "basin paper",
};

const PLACE = { partition: undefined, account: undefined, time: undefined, options: [] };
const SETTINGS: SlurmSettings = { ...PLACE, atOnce: undefined, prepare: [], stages: new Map() };

/** A cluster whose commands say this. */
function saying(answer: Partial<Ended>) {
  const calls: { program: string; args: readonly string[]; stdin: string }[] = [];
  const run = (program: string, args: readonly string[], stdin = "") => {
    calls.push({ program, args, stdin });
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return { calls, run };
}

Deno.test("sbatchOptions() asks for what the stage needs", () => {
  const options = sbatchOptions(SUBMISSION, PLACE, 5);
  for (
    const option of [
      "--array=0-11%5",
      "--cpus-per-task=4",
      "--mem=2862M", // 3e9 bytes in MiB, rounded up
      "--gres=gpu:2",
      "--time=62", // an hour, and two minutes for the stage's own limit to act
      "--output=/store/batch/basin-ab/%a.out",
    ]
  ) assert.ok(options.includes(option), option);
  const place = { partition: "gpu", account: "ab1", time: 90, options: ["--qos=low"] };
  assert.deepEqual(
    sbatchOptions(SUBMISSION, place).filter((option) => /time|partition|account|qos/.test(option)),
    ["--time=2", "--partition=gpu", "--account=ab1", "--qos=low"],
  );
});

Deno.test("sbatchOptions() doubles a per cent sign of the folder, which would name something else", () => {
  const [output] = sbatchOptions({ ...SUBMISSION, output: "/50%a" }, PLACE)
    .filter((option) => option.startsWith("--output"));
  assert.equal(output, "--output=/50%%a/%a.out");
});

Deno.test("slurm().submit() refuses a backslash in the folder, which Slurm cannot write to", async () => {
  const { calls, run } = saying({ stdout: "1" });
  await assert.rejects(slurm(SETTINGS, run).submit({ ...SUBMISSION, output: "/a\\b" }), {
    name: "RefusedError",
    message: /no backslash in a path, .* in \/a\\b; name another folder with --artifacts/,
  });
  assert.equal(calls.length, 0);
});

Deno.test("slurm().check() says what keeps sbatch from its work, before anything is sent", async () => {
  await slurm(SETTINGS, saying({ stdout: "slurm-wlm 22.05.8" }).run).check();
  const { run } = saying({ code: 127, stderr: "sbatch: error: libslurm.so: cannot open" });
  await assert.rejects(slurm(SETTINGS, run).check(), {
    name: "RangeError",
    message: /^Cannot use Slurm here, for `sbatch --version` fails: libslurm.so: cannot open; mend/,
  });
});

Deno.test("slurm().submit() hands over the script, and reads the id", async () => {
  const { calls, run } = saying({ stdout: "4711;cluster\n" });
  const system = slurm({ ...SETTINGS, prepare: ["module load cuda"] }, run);
  assert.equal(await system.submit(SUBMISSION), "4711");
  assert.equal(calls[0]!.stdin, "#!/bin/sh\nmodule load cuda\nexec task\n");
});

Deno.test("slurm().submit() tells a refusal from trouble of the moment", async () => {
  // As Slurm 22.05 says them.
  const passing = [
    "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
    "sbatch: error: Batch job submission failed: Resource temporarily unavailable",
    "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
    "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates " +
    "accounting/QOS policy (job submit limit, user's size and/or time limits)",
    "sbatch: error: Batch job submission failed: Invalid job array specification", // a shorter one
  ];
  const final = [
    "sbatch: error: Batch job submission failed: Invalid account or account/partition combination",
    "sbatch: error: invalid partition specified: nosuch",
    "sbatch: unrecognized option '--foo'",
    "sbatch: error: QOSMaxWallDurationPerJobLimit\nsbatch: error: Batch job submission failed: Job " +
    "violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
    "sbatch: error: Batch job submission failed: Requested node configuration is not available",
  ];
  const errorOf = async (stderr: string) => {
    const { run } = saying({ code: 1, stderr });
    return await slurm(SETTINGS, run).submit(SUBMISSION).then(() => undefined, (error) => error);
  };
  for (const text of passing) {
    const error = await errorOf(text);
    assert.ok(error instanceof Error && !(error instanceof RefusedError), text);
  }
  for (const text of final) assert.ok(await errorOf(text) instanceof RefusedError, text);
});

Deno.test("slurm().poll() asks once for all jobs, and passes over those of others", async () => {
  const lines = [
    "7|0|RUNNING|None|n1|basin-ab",
    "8|N/A|RUNNING|None|n1|basin-x",
    "9|0|PENDING|Priority||mine",
    "",
  ];
  const { calls, run } = saying({ stdout: lines.join("\n") });
  const states = await slurm(SETTINGS, run).poll();
  assert.deepEqual(states.map(({ id, phase, note }) => [id, phase, note]), [["7_0", "runs", "n1"]]);
  assert.equal(calls.length, 1);
});

Deno.test("slurm().poll() takes what is no list of jobs for no answer, not for an empty queue", async () => {
  const { run } = saying({ stdout: "Welcome to the cluster!\n" });
  await assert.rejects(slurm(SETTINGS, run).poll(), {
    message: 'squeue: it lists no jobs, but prints "Welcome to the cluster!"',
  });
});

Deno.test("readSlurmLine() knows which jobs go on, and how others ended", () => {
  const phase = (state: string) => readSlurmLine(`7|0|${state}|None|n1|basin-ab`)!.phase;
  for (const state of ["PENDING", "CONFIGURING", "REQUEUED", "SPECIAL_EXIT"]) {
    assert.equal(phase(state), "waits", state);
  }
  for (const state of ["RUNNING", "COMPLETING", "SUSPENDED"]) {
    assert.equal(phase(state), "runs", state);
  }
  for (
    const [state, words] of [
      ["OUT_OF_MEMORY", /raise `memory`/],
      ["TIMEOUT", /raise `time`/],
      ["PREEMPTED", /preempted/],
      ["NODE_FAIL", /node failed/],
      ["CANCELLED", /cancelled/],
      ["A_NEW_ONE", /it ended \(A_NEW_ONE on n1\)/],
    ] as const
  ) {
    assert.equal(phase(state), "ended", state);
    assert.match(readSlurmLine(`7|0|${state}|None|n1|basin-ab`)!.note, words);
  }
  assert.equal(readSlurmLine("7|0|PENDING|BadConstraints||basin-ab")!.isStuck, true);
  assert.equal(readSlurmLine("nonsense"), undefined);
  // As Slurm 22.05 lists what was left of an array that was cancelled.
  assert.deepEqual(readSlurmLine("7|N/A|CANCELLED|Resources||basin-ab"), {
    ...{ name: "basin-ab", index: "rest", id: "7", phase: "ended" },
    note: "somebody cancelled it (CANCELLED)",
  });
});

Deno.test("parseStudy() reads where cells are computed, a stage's own place over the rest", () => {
  const yaml = `version: 1
executor:
  use: slurm
  slurm:
    partition: short
    time: 2h
    atOnce: 50
    options: [--qos=low]
    prepare: [module load cuda]
    stages:
      train: { partition: gpu, options: ["--constraint=a100"] }
stages:
  train: { run: ${import.meta.filename}, outputs: { o: o } }
`;
  const { executor } = parseStudy(yaml, { name: "study.yaml", root: "/" });
  assert.equal(executor.use, "slurm");
  const { stages, atOnce, prepare, time } = executor.slurm;
  assert.deepEqual([atOnce, prepare, time], [50, ["module load cuda"], 7200]);
  assert.deepEqual(stages.get("train"), {
    partition: "gpu",
    account: undefined,
    time: 7200,
    options: ["--qos=low", "--constraint=a100"],
  });
});

Deno.test("parseStudy() refuses options with which no job would be found, also cut short", () => {
  const faultOf = (option: string) => {
    const yaml = `version: 1
executor: { slurm: { options: [${option}] } }
stages: { train: { run: ${import.meta.filename}, outputs: { o: o } } }
`;
    try {
      parseStudy(yaml, { name: "study.yaml", root: "/" });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const option of ["--test-only", "--clusters=all", "--arr=0-9", "--version"]) {
    assert.match(faultOf(option), /study\.yaml:2:32: --[a-z-]+ cannot stand here/, option);
  }
  for (const option of ["--wait-all-nodes=1", "--exclusive", "--comment=x", "--hold"]) {
    assert.equal(faultOf(option), "", option);
  }
});

Deno.test("parseStudy() names each fault under `executor`", () => {
  const yaml = `version: 1
executor:
  use: slum
  slurm: { time: 4x, options: [-p, --array=1], stages: { trian: { partitoin: a } }, atOnce: 0 }
stages:
  train: { run: ${import.meta.filename}, outputs: { o: o } }
`;
  const message = (() => {
    try {
      parseStudy(yaml, { name: "study.yaml", root: "/" });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  })();
  for (
    const fault of [
      /study\.yaml:3:8: `executor\.use` wants "local" or "slurm"/,
      /4:18: "4x" is no time/,
      /4:32: "-p" is no long option/,
      /4:36: --array cannot stand here, as Basin sets it itself; remove it/,
      /there is no stage `trian`; did you mean `train`\?/,
      /unknown key `partitoin`; did you mean `partition`\?/,
      /`executor\.slurm\.atOnce`/,
    ]
  ) assert.match(message, fault);
});

Deno.test("parseStudy() finds one fault in a value of the wrong kind, not two", () => {
  const yaml = `version: 1
executor: { slurm: { time: 4, options: [1] } }
stages: { train: { run: ${import.meta.filename}, outputs: { o: o } } }
`;
  assert.throws(() => parseStudy(yaml, { name: "study.yaml", root: "/" }), (error: Error) => {
    assert.equal(error.message.match(/^study\.yaml:/gm)?.length, 2, error.message);
    return true;
  });
});
