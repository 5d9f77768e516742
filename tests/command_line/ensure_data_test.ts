import assert from "node:assert/strict";
import { ensureData } from "../../lib/command_line/ensure_data.ts";
import type { StudyContext } from "../../lib/pipeline/verbs/verb.ts";
import { ended, type FakeSystem, fakeSystem } from "../support/fake_system.ts";

/** A study of one cell with these parameters, and a terminal that keeps what it is told. */
function study(parameters: Readonly<Record<string, string>>) {
  const told: string[] = [];
  const entries = Object.entries(parameters).map(([name, value]) => [name, { value }] as const);
  const cell = { parameters: new Map(entries) };
  const context = {
    workspace: { graph: new Map([["download", cell]]) },
    terminal: { warn: (text: string) => told.push(text) },
  } as unknown as StudyContext;
  return { context, told };
}

/** A machine whose pip cannot reach anything. */
async function offline(): Promise<FakeSystem> {
  const system = await fakeSystem();
  await system.addCommand(
    "python3",
    (args) => args.includes("--version") ? ended(0) : ended(1, "ERROR: no route to host"),
  );
  return system;
}

Deno.test("ensureData() asks pip for what the study or a flag names, and goes on without it", async () => {
  const vowels = { dataset: "japanese-vowels" };
  for (const [parameters, given] of [[vowels, {}], [{ dataset: "mnist" }, vowels]] as const) {
    await using system = await offline();
    const { context, told } = study(parameters);
    await ensureData(context, given, system);
    assert.ok(system.calls.some((call) => call.endsWith("aeon==1.6.0")), system.calls.join("\n"));
    assert.match(
      told.join(""),
      /failed download aeon .*\nCannot download aeon==1\.6\.0 with pip: no route to host; check/,
    );
  }
});

Deno.test("ensureData() runs nothing where no data set of a wheel is wanted", async () => {
  await using system = await offline();
  for (const parameters of [{}, { dataset: "mnist-10k" }, { dataset: "synthetic-timit" }]) {
    const { context, told } = study(parameters as Record<string, string>);
    await ensureData(context, {}, system);
    assert.deepEqual([told, system.calls], [[], []]);
  }
});
