import assert from "node:assert/strict";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import { formatBytes, formatSeconds } from "../../../lib/pipeline/display/format.ts";
import { liveBlock, runDisplay } from "../../../lib/pipeline/display/run_display.ts";
import { followRun } from "../../../lib/pipeline/display/tally.ts";
import type { Terminal } from "../../../lib/pipeline/display/terminal.ts";
import { expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import type { ResultRecord } from "../../../lib/pipeline/store/record.ts";
import { formatResults } from "../../../lib/pipeline/verbs/results_table.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;
const TEXT = `version: 1
axes: { trial: { range: [0, 4] } }
stages: { train: { run: stage.ts, matrix: [trial], outputs: { o: o } } }
`;
const CELLS = [...expandStudy(parseStudy(TEXT, { name: "p.yaml", root: ROOT })).values()];
const [FIRST, SECOND, THIRD] = CELLS;

function recordOf(seconds: number): ResultRecord {
  return { schema: 1, key: "k", status: "ok", outputs: {}, attempt: "a/b", seconds };
}

function fakeTerminal(columns = 80) {
  const written: string[] = [];
  const terminal: Terminal = {
    write: (text) => void written.push(text),
    warn: (text) => void written.push(`! ${text}`),
    colour: false,
    columns,
  };
  return { terminal, written };
}

Deno.test("followRun() foresees the end from progress, from the past and from siblings", () => {
  const past = new Map([[FIRST, 100]]);
  const tally = followRun(CELLS, (cell) => past.get(cell), 2);
  // One known cell of 100 s: all four count as such, two at a time.
  assert.equal(tally.remaining(0), 200);
  tally.on({ type: "started", cell: FIRST!, reasons: [] }, 0);
  tally.on({ type: "progress", cell: FIRST!, progress: { done: 1, total: 4 } }, 10);
  // A quarter in 10 s leaves 30 s; the mean of the known is 30 s, and 4 · 30 / 2 = 60.
  assert.equal(tally.remaining(10), 60);
  tally.on({ type: "finished", cell: FIRST!, record: recordOf(40), nondeterministic: [] }, 40);
  // Siblings: three cells of 40 s, two at a time.
  assert.equal(tally.remaining(40), 60);
  tally.on({ type: "hit", cell: SECOND!, record: recordOf(1) }, 40);
  tally.on({ type: "hit", cell: THIRD!, record: recordOf(1) }, 40);
  assert.equal(tally.remaining(40), 40, "no less than the longest cell");
  assert.deepEqual([tally.hits, tally.finished, tally.total], [2, 1, 4]);
});

Deno.test("followRun() says nothing where it has nothing to judge by", () => {
  assert.equal(followRun(CELLS, () => undefined, 2).remaining(5), undefined);
});

Deno.test("liveBlock() shows what runs, and keeps to the width of the terminal", () => {
  const { terminal } = fakeTerminal(40);
  const tally = followRun(CELLS, () => 60, 2);
  tally.on({ type: "started", cell: FIRST!, reasons: [] }, 0);
  const note = "epoch 3, loss 0.0412, and a great deal more";
  tally.on({ type: "progress", cell: FIRST!, progress: { done: 3, total: 4, note } }, 30);
  const lines = liveBlock(tally, 30, terminal).split("\n");
  assert.match(lines[0]!, /^0\/4 cells, 30 s, about 95 s left$/); // (10 + 3 · 60) / 2
  assert.match(lines[1]!, /^ {3}75 % train\[trial=0\] {2}30 s/);
  assert.ok(lines.every((line) => line.length < 40), lines.join("\n"));
});

Deno.test("liveBlock() takes no orders from a stage's note", () => {
  const { terminal } = fakeTerminal();
  const tally = followRun(CELLS, () => undefined, 1);
  tally.on({ type: "started", cell: FIRST!, reasons: [] }, 0);
  const progress = { done: 1, total: 2, note: "one\ntwo\x1b[2J" };
  tally.on({ type: "progress", cell: FIRST!, progress }, 1);
  const [, row, ...rest] = liveBlock(tally, 1, terminal).split("\n");
  assert.match(row!, /one two\ufffd\[2J$/);
  assert.deepEqual(rest, []);
});

Deno.test("runDisplay() writes a plain line for an event, failures to stderr", () => {
  const { terminal, written } = fakeTerminal();
  const tally = followRun(CELLS, () => undefined, 2);
  const { listener, close } = runDisplay({ tally, terminal, clock: () => 1 });
  listener({ type: "hit", cell: FIRST!, record: recordOf(1) });
  listener({ type: "started", cell: SECOND!, reasons: ["params.eps: 1 -> 2"] });
  listener({ type: "progress", cell: SECOND!, progress: { done: 1, total: 2 } });
  listener({ type: "failed", cell: SECOND!, reason: "Error: x", log: "/log", tail: ["at y"] });
  listener({ type: "blocked", cell: THIRD!, by: SECOND! });
  close();
  const plain = written.map((line) => line.replace(/\d\d:\d\d:\d\d /, ""));
  assert.deepEqual(plain, [
    "start   train[trial=1]  params.eps: 1 -> 2\n",
    "! failed  train[trial=1]  Error: x\n        | at y\n        log: /log\n",
    "blocked train[trial=2]  by train[trial=1]\n",
  ]);
});

Deno.test("formatSeconds() and formatBytes() keep two or three digits", () => {
  const seconds = [0, 9.9, 9.96, 99.4, 99.6, 3569, 3600, 90_000].map(formatSeconds);
  assert.deepEqual(
    seconds,
    ["0.0 s", "9.9 s", "10 s", "99 s", "2 min", "59 min", "1 h 0 min", "25 h 0 min"],
  );
  const bytes = [0, 999, 1000, 1_550_000, 123_456_789, 5e12, 5e16].map(formatBytes);
  assert.deepEqual(bytes, ["0 B", "999 B", "1.0 kB", "1.6 MB", "123 MB", "5.0 TB", "50000 TB"]);
});

Deno.test("formatResults() puts what all rows share below the table, but never labels", () => {
  const rows = [
    { regime: "SB", trial: "0", percent: 1.23456789, protocol: "paper" },
    { regime: "LB", trial: "0", percent: 20, protocol: "paper", status: "diverged" },
  ];
  assert.equal(
    formatResults(rows, ["regime", "trial"]),
    "regime  trial  percent  status\n" +
      "SB      0      1.23457  -\n" +
      "LB      0           20  diverged\n" +
      "in all: protocol paper\n",
  );
  assert.equal(formatResults(rows.slice(0, 1), ["regime"]).split("\n").length, 3);
  const broken = [{ note: "a\nb", all: "c\nd" }, { note: "e", all: "c\nd" }];
  assert.equal(formatResults(broken, []), "note\na b\ne\nin all: all c d\n");
});
