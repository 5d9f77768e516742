import assert from "node:assert/strict";
import { measureProgress } from "../../lib/own_model/progress.ts";

/** A progress of two measures of 10 and 30 units, with a clock and a meter to turn by hand. */
function progressWith({ live = true, quiet = false } = {}) {
  const state = { milliseconds: 0, units: 0, block: "", stdout: "", stderr: "", cleared: 0 };
  const progress = measureProgress({
    titles: ["sharpness", "trace"],
    estimates: [10, 30],
    units: () => state.units,
    now: () => state.milliseconds,
    quiet,
    terminal: {
      write: (text) => void (state.stdout += text),
      warn: (text) => void (state.stderr += text),
      colour: false,
      columns: 50,
      ...(live && {
        live: { show: (block: string) => void (state.block = block), clear: () => state.cleared++ },
      }),
    },
  });
  return { state, progress };
}

Deno.test("measureProgress() judges what is left by the units that are spent", () => {
  const { state, progress } = progressWith();
  progress.begin(0);
  assert.equal(state.block, "1/2 sharpness, 0.0 s"); // nothing to judge by
  [state.milliseconds, state.units] = [20_000, 5];
  progress.note("iteration 3");
  progress.refresh();
  // 5 units in 20 s; 5 and 30 are left.
  assert.equal(state.block, "1/2 sharpness, 20 s, about 2 min left\n  iteration 3");
  [state.milliseconds, state.units] = [50_000, 25];
  progress.refresh();
  // The first measure took more than was thought: of it nothing is left.
  assert.equal(state.block, "1/2 sharpness, 50 s, about 60 s left\n  iteration 3");
  progress.begin(1);
  assert.equal(state.block, "2/2 trace, 50 s, about 60 s left");
});

Deno.test("measureProgress() redraws a few times a second at most, and cuts long lines", () => {
  const { state, progress } = progressWith();
  progress.begin(0);
  progress.note("x".repeat(80));
  state.milliseconds = 1000;
  progress.refresh();
  assert.ok(
    state.block.split("\n").every((line) => line.length < 50) && state.block.endsWith("x…"),
  );
  progress.note("soon after");
  state.milliseconds = 1050;
  progress.refresh();
  assert.ok(!state.block.includes("soon after"));
  state.milliseconds = 1100;
  progress.refresh();
  assert.ok(state.block.includes("soon after"));
  progress.line("a result");
  assert.deepEqual([state.stdout, state.stderr, state.cleared], ["a result\n", "", 1]);
});

Deno.test("measureProgress() writes plain lines where there is no terminal, or stdout is JSON's", () => {
  for (const setting of [{ live: false }, { quiet: true }]) {
    const { state, progress } = progressWith(setting);
    progress.begin(0);
    progress.refresh();
    progress.line("a result");
    progress.close();
    assert.equal(state.block, "");
    const result = "a result\n";
    assert.equal(state.stderr, `1/2 sharpness\n${setting.quiet ? result : ""}`);
    assert.equal(state.stdout, setting.quiet ? "" : result);
  }
});
