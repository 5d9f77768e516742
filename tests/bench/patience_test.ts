import assert from "node:assert/strict";
import { firstRuns, hasTimeForRound } from "./patience.ts";
import type { Task } from "./subject.ts";

const WORK = { gradient: 10, gradientCopied: 10, step: 10, hessian: 25, hessians: 80 };

Deno.test("firstRuns() leaves out what would end beyond the limit, by the best rate so far", async () => {
  const ran: Task[] = [];
  // The first takes 50 for its compilation; by the second's rate of 2 the last would take 160.
  const taken = { gradient: 50, gradientCopied: 20, step: 30, hessian: 60, hessians: 999 };
  const run = (task: Task) => (ran.push(task), Promise.resolve(taken[task]));
  const { tasks, leftOut } = await firstRuns(WORK, run, 300);
  assert.deepEqual(tasks, ["gradient", "gradientCopied", "step", "hessian"]);
  assert.deepEqual(ran, tasks);
  assert.deepEqual([...leftOut], [["hessians", 160]]);
  assert.deepEqual((await firstRuns(WORK, run, 1)).tasks, ["gradient"]);
  assert.equal((await firstRuns(WORK, run, 320)).leftOut.size, 0);
});

Deno.test("hasTimeForRound() counts with one more round like the longest", () => {
  assert.ok(hasTimeForRound([], 1));
  assert.ok(hasTimeForRound([40, 60], 160));
  assert.ok(!hasTimeForRound([40, 60], 159));
});
