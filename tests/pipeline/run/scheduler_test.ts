import assert from "node:assert/strict";
import { parseStudy } from "../../../lib/pipeline/config/parse_study.ts";
import type { Cell } from "../../../lib/pipeline/plan/cell.ts";
import { expandStudy } from "../../../lib/pipeline/plan/expand.ts";
import type { RunEvent } from "../../../lib/pipeline/events.ts";
import type { Outcome } from "../../../lib/pipeline/run/executor.ts";
import { schedule, type SchedulerPorts } from "../../../lib/pipeline/run/scheduler.ts";
import type { ResultRecord } from "../../../lib/pipeline/store/record.ts";

const ROOT = new URL("../../../lib/pipeline/", import.meta.url).pathname;
const HEX = "0123456789abcdef";

/** A study in which stage names are single letters and edges are written `b<a`. */
function cellsOf(...edges: string[]): Cell[] {
  const stages = edges.map((edge) => {
    const [name, needs = ""] = edge.split("<");
    const inputs = [...needs].map((need) => `${need}: ${need}.o`).join(", ");
    const resources = name === "w" ? "{ cpus: 4 }" : "gh".includes(name!) ? "{ gpus: 2 }" : "{}";
    const use = `run: stage.ts, resources: ${resources}`;
    return `  ${name}: { ${use}, inputs: { ${inputs} }, outputs: { o: o } }`;
  });
  const text = `version: 1\nstages:\n${stages.join("\n")}\n`;
  return [...expandStudy(parseStudy(text, { name: "pipeline.yaml", root: ROOT })).values()];
}

function recordOf(key: string, content: string): ResultRecord {
  const digest = HEX[content.length % 16]!.repeat(8) + content.padEnd(56, "0").slice(0, 56);
  return {
    schema: 1,
    key,
    status: "ok",
    outputs: { o: { digest: `blob:${digest}`, bytes: 1 } },
    attempt: "x/y",
    seconds: 1,
  };
}

/** A world without files: keys are made of names and input digests, results are kept in a map. */
function fakeWorld({ outcomes = {}, contents = {}, expected = {} }: {
  /** Name → seconds of earlier runs. */
  expected?: Record<string, number>;
  /** Name → what happens at its first, second, … execution; published if there is nothing. */
  outcomes?: Record<string, (Outcome | undefined)[]>;
  /** Name → what it writes at its first, second, … execution; its key if there is nothing. */
  contents?: Record<string, string[]>;
} = {}) {
  const published = new Map<string, ResultRecord>();
  const executed: string[] = [];
  const discarded: string[] = [];
  const load = { now: 0, most: 0 };
  const keyOf = (cell: Cell, resultOf: (cell: Cell) => ResultRecord | undefined) =>
    [cell.id, ...cell.inputs.map(({ cells }) => resultOf(cells[0]!)!.outputs.o!.digest)].join(" ");
  const ports: SchedulerPorts = {
    inspect(cell, resultOf) {
      const key = keyOf(cell, resultOf);
      const record = published.get(key);
      if (record) return { kind: "hit", key, record };
      return { kind: "run", key, isDamaged: false, document: undefined as never };
    },
    reasons: () => ["new"],
    expectedSeconds: (cell) => expected[cell.id],
    async execute(cell, { key }) {
      const times = executed.filter((id) => id === cell.id).length;
      executed.push(cell.id);
      load.now += cell.stage.cpus;
      load.most = Math.max(load.most, load.now);
      await Promise.resolve();
      load.now -= cell.stage.cpus;
      const outcome = outcomes[cell.id]?.[times];
      if (outcome) return outcome;
      const record = recordOf(key, contents[cell.id]?.[times] ?? cell.id);
      published.set(key, record);
      return { kind: "published", record, nondeterministic: [] };
    },
    freed: () => Promise.resolve(),
    discard(key) {
      discarded.push(key.split(" ")[0]!);
      published.delete(key);
    },
  };
  const run = async (
    cells: readonly Cell[],
    cpus = 2,
    signal = new AbortController().signal,
    failFast = false,
  ) => {
    const events: RunEvent[] = [];
    const emit = (event: RunEvent) => void events.push(event);
    const summary = await schedule(cells, ports, { cpus, memory: 1e9, gpus: 2 }, {
      ...{ emit, signal, failFast },
    });
    return { summary, events };
  };
  return { run, executed, discarded, published, load, ports };
}

const FAILED: Outcome = {
  kind: "failed",
  cause: "stage",
  reason: "broken",
  log: undefined,
  tail: [],
};
const names = (cells: readonly Cell[]) => cells.map(({ id }) => id).sort();

Deno.test("schedule() runs everything once, in the order of needs, and then nothing", async () => {
  const cells = cellsOf("a", "b<a", "c<a", "d<bc");
  const world = fakeWorld();
  const { summary } = await world.run(cells);
  assert.deepEqual([...world.executed].sort(), ["a", "b", "c", "d"]);
  assert.equal(world.executed[0], "a");
  assert.equal(world.executed[3], "d");
  assert.equal(summary.results.size, 4);
  const { summary: again } = await world.run(cells);
  assert.deepEqual(again.ran, []);
  assert.equal(world.executed.length, 4);
});

Deno.test("schedule() stops at a cell whose output did not change", async () => {
  const cells = cellsOf("a", "b<a", "c<b");
  const world = fakeWorld({ contents: { b: ["same", "same"], a: ["one", "other"] } });
  await world.run(cells);
  world.published.delete("a");
  const { summary } = await world.run(cells);
  assert.deepEqual(names(summary.ran), ["a", "b"], "c reads what it read before");
});

Deno.test("schedule() blocks what needs a failed cell and finishes the rest", async () => {
  const cells = cellsOf("a", "b<a", "c<b", "d", "e<d");
  const world = fakeWorld({ outcomes: { a: [FAILED] } });
  const { summary, events } = await world.run(cells);
  assert.deepEqual(names(summary.failed), ["a"]);
  assert.deepEqual(names(summary.blocked), ["b", "c"]);
  assert.deepEqual(names(summary.ran), ["d", "e"]);
  const blocked = events.filter((event) => event.type === "blocked");
  assert.deepEqual(blocked.map(({ cell, by }) => [cell.id, by.id]), [["b", "a"], ["c", "b"]]);
});

Deno.test("schedule() starts nothing after a failure if told so, and lets the rest finish", async () => {
  const cells = cellsOf("a", "b", "c", "d<a");
  const slow = fakeWorld({ outcomes: { a: [FAILED] } });
  const { summary } = await slow.run(cells, 2, undefined, true);
  assert.deepEqual(names(summary.failed), ["a"]);
  assert.deepEqual(names(summary.ran), ["b"], "it was running when `a` failed");
  assert.deepEqual(names(summary.blocked), ["d"]);
  assert.deepEqual(names(summary.notStarted), ["c"]);
  const { summary: all } = await fakeWorld({ outcomes: { a: [FAILED] } }).run(cells);
  assert.deepEqual(names(all.ran), ["b", "c"]);
  assert.deepEqual(all.notStarted, []);
});

Deno.test("schedule() keeps to the number of cores, and runs a larger cell alone", async () => {
  for (const cpus of [1, 2, 3]) {
    const world = fakeWorld();
    await world.run(cellsOf("a", "b", "c", "d", "e"), cpus);
    assert.equal(world.load.most, cpus);
  }
  const world = fakeWorld();
  const { summary } = await world.run(cellsOf("a", "w", "b"), 2);
  assert.equal(summary.ran.length, 3);
  assert.equal(world.load.most, 4, "w has four cores and nobody beside it");
});

Deno.test("schedule() waits for another run's cell and takes its result", async () => {
  const cells = cellsOf("a", "b<a");
  const world = fakeWorld({ outcomes: { a: [{ kind: "busy" }] } });
  world.ports.freed = () => {
    world.published.set("a", recordOf("a", "theirs"));
    return Promise.resolve();
  };
  const { summary, events } = await world.run(cells);
  assert.deepEqual(names(summary.ran), ["b"]);
  assert.ok(events.some(({ type }) => type === "busy"));
});

Deno.test("schedule() repairs what a reader found damaged, then runs the reader", async () => {
  const cells = cellsOf("a", "b<a", "c<a");
  const digest = recordOf("a", "a").outputs.o!.digest;
  const world = fakeWorld({ outcomes: { b: [{ kind: "corrupt", digests: [digest] }] } });
  const { summary } = await world.run(cells, 1);
  assert.deepEqual(world.executed, ["a", "b", "a", "b", "c"]);
  assert.deepEqual(world.discarded, ["a"]);
  assert.equal(summary.results.size, 3);
});

Deno.test("schedule() repairs once for two readers that found the same damage", async () => {
  const cells = cellsOf("a", "b<a", "c<a");
  const corrupt: Outcome = {
    kind: "corrupt",
    digests: [recordOf("a", "a").outputs.o!.digest],
  };
  const world = fakeWorld({ outcomes: { b: [corrupt], c: [corrupt] } });
  const { summary } = await world.run(cells, 2);
  assert.equal(world.executed.filter((id) => id === "a").length, 2);
  assert.deepEqual(names([...summary.results.keys()]), ["a", "b", "c"]);
});

Deno.test("schedule() computes readers again if a repaired cell gives other bytes", async () => {
  const cells = cellsOf("a", "b<a", "c<b", "d<a");
  const digest = recordOf("a", "one").outputs.o!.digest;
  const world = fakeWorld({
    contents: { a: ["one", "other"] },
    outcomes: { d: [{ kind: "corrupt", digests: [digest] }] },
  });
  // One core: b and c are done before d finds the damage.
  const { summary } = await world.run([cells[0]!, cells[1]!, cells[2]!, cells[3]!], 1);
  assert.deepEqual(world.executed, ["a", "b", "c", "d", "a", "b", "d"]);
  assert.equal(summary.results.size, 4, "c is a hit again: b wrote what it wrote before");
});

Deno.test("schedule() gives up on damage that comes back", async () => {
  const digest = recordOf("a", "a").outputs.o!.digest;
  const corrupt: Outcome = { kind: "corrupt", digests: [digest] };
  const world = fakeWorld({ outcomes: { b: [corrupt, corrupt, corrupt, corrupt, corrupt] } });
  const { summary } = await world.run(cellsOf("a", "b<a"));
  assert.deepEqual(names(summary.failed), ["b"]);
  assert.equal(world.executed.filter((id) => id === "a").length, 4, "once, and three repairs");
});

Deno.test("schedule() starts nothing after an interruption", async () => {
  const controller = new AbortController();
  const world = fakeWorld();
  const { execute } = world.ports;
  world.ports.execute = (cell, run) => {
    controller.abort();
    return execute(cell, run);
  };
  const { summary } = await world.run(cellsOf("a", "b<a", "c"), 1, controller.signal);
  assert.equal(summary.isInterrupted, true);
  assert.deepEqual(world.executed, ["a"]);
});

Deno.test("schedule() reports an executor that throws as a failed cell", async () => {
  const world = fakeWorld();
  world.ports.execute = () => Promise.reject(new Error("no processes left"));
  const { summary, events } = await world.run(cellsOf("a", "b<a"));
  assert.deepEqual([names(summary.failed), names(summary.blocked)], [["a"], ["b"]]);
  const [failure] = events.filter((event) => event.type === "failed");
  assert.match(failure!.reason, /no processes left/);
});

Deno.test("schedule() starts what will take longest first, and what never ran before that", async () => {
  const world = fakeWorld({ expected: { a: 1, b: 3, c: 2, e: 2 } });
  await world.run(cellsOf("a", "b", "c", "d", "e"), 1);
  assert.deepEqual(world.executed, ["d", "b", "c", "e", "a"]);
});

Deno.test("schedule() tries again what was killed, as often as the study says", async () => {
  const killed: Outcome = { ...FAILED, cause: "worker", reason: "killed" } as Outcome;
  const world = fakeWorld({ outcomes: { a: [killed], b: [killed, killed], c: [FAILED] } });
  const { summary, events } = await world.run(cellsOf("a", "b", "c"));
  assert.deepEqual(names(summary.failed), ["b", "c"]);
  assert.deepEqual([...world.executed].sort(), ["a", "a", "b", "b", "c"], "one retry by default");
  const retried = events.filter((event) => event.type === "retried");
  assert.deepEqual(retried.map(({ cell, reason, left }) => [cell.id, reason, left]), [
    ["a", "killed", 0],
    ["b", "killed", 0],
  ]);
});

Deno.test("schedule() starts no cells that want more GPUs together than there are", async () => {
  const apart = fakeWorld();
  await apart.run(cellsOf("g", "h"), 8);
  assert.equal(apart.load.most, 1);
  const together = fakeWorld();
  await together.run(cellsOf("g", "a"), 8);
  assert.equal(together.load.most, 2);
});
