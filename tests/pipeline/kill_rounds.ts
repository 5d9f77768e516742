/** Kills runs at random moments and holds what is left, and what comes of it, against the rules. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ToyStudy } from "./toy_study.ts";
import { walked } from "./walk_study.ts";

/** What the rounds saw. */
export interface KillCounts {
  kills: number;
  /** Attempts that went on from a checkpoint. */
  resumed: number;
}

/**
 * One round: a run of fresh cells, killed once, then a run that is left in peace.
 *
 * @param victims The driver with all its workers, or the driver alone.
 * @param moment Seconds after the start.
 */
export async function killRound(
  study: ToyStudy,
  round: number,
  victims: "all" | "driver",
  moment: number,
  counts: KillCounts,
): Promise<void> {
  await study.edit("pipeline.yaml", `round: ${round - 1} `, `round: ${round} `);
  const done = () =>
    study.manifests().filter(({ status }) => status === "ok").map(({ cell }) => cell);
  const doneBefore = done().length;
  const before = (await study.starts()).length;
  const first = study.spawn("run", "-j", "2");
  const ended = first.output();
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, 1000 * moment);
  await Promise.race([timer.promise, ended]);
  clearTimeout(handle);
  // The driver first: it could otherwise start a worker that the list lacks.
  kill(first.pid, "SIGSTOP");
  const workers = victims === "all" ? childrenOf(first.pid) : [];
  for (const pid of [first.pid, ...workers]) kill(pid, "SIGKILL");
  await ended;
  counts.kills++;

  const finished = done().slice(doneBefore).map((cell) => cell.replace(/\[trial=(\d)\]/, " $1"));
  const between = (await study.starts()).length;
  const { code, stderr } = await study.basin("run", "-j", "2");
  assert.equal(code, 0, stderr);
  const starts = await study.starts();
  const again = starts.slice(between).filter((start) => finished.includes(start));
  assert.deepEqual(again, [], "finished cells ran again");
  assert.deepEqual(starts.filter((start) => start.includes("TWO WRITERS")), []);
  counts.resumed += starts.slice(before).filter((start) => start.startsWith("resumed")).length;
  const view = await study.view();
  for (const [path, text] of Object.entries(walked(round))) assert.equal(view[path], text, path);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    return; // it has ended
  }
}
