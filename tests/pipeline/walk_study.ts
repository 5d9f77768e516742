/** A study whose cells take a while and save checkpoints, and what it must come to. */
import { createHash } from "node:crypto";
import { type ToyStudy, toyStudy } from "./toy_study.ts";

const CELLS = 3;
const STEPS = 60;
const HASHES_PER_STEP = 1500;

/** One step of the walk: enough work that a cell takes some tenths of a second. */
const STEP = `function step(text) {
  for (let i = 0; i < ${HASHES_PER_STEP}; i++) text = createHash("sha256").update(text).digest("hex");
  return text;
}`;

const WALK = `import { createHash } from "node:crypto";
import { z } from "zod";
const here = new URL(".", import.meta.url).pathname;
const note = (text) => Deno.writeTextFileSync(here + "starts.log", text + "\\n", { append: true });
${STEP}
export default {
  summary: "A long walk",
  parameters: z.strictObject({ trial: z.int(), round: z.int() }),
  run(context) {
    const { trial, round } = context.parameters;
    const only = Deno.openSync(here + "walk-" + round + "-" + trial + ".lock", { create: true, write: true });
    note(Deno.pid + " walk " + trial + (only.tryLockSync(true) ? "" : " TWO WRITERS"));
    const saved = context.checkpoint.load();
    let text = saved ? new TextDecoder().decode(saved.text) : round + "/" + trial;
    if (saved) note(Deno.pid + " resumed " + saved.step[0]);
    for (let k = saved ? saved.step[0] : 0; k < ${STEPS};) {
      text = step(text);
      k++;
      if (!context.checkpoint.isDue()) continue;
      context.checkpoint.save({ step: Int32Array.of(k), text: new TextEncoder().encode(text) });
    }
    Deno.writeTextFileSync(context.output("out"), text);
  },
};
`;

/** The study; its cells are new for every value of `round`. */
export async function walkStudy(): Promise<ToyStudy> {
  const study = await toyStudy(`version: 1
params: { now: { round: 0 } }
axes: { trial: { range: [0, ${CELLS}] } }
stages:
  walk: { run: walk.ts, matrix: [trial], params: [now], outputs: { out: out.txt } }
  sum: { run: sum.ts, inputs: { walks: "walk[*].out" }, outputs: { out: out.txt } }
`);
  await study.edit("pipeline.yaml", "write: [starts.log]", "write: [.]");
  await study.write("walk.ts", WALK);
  await study.stage("sum", { collected: ["walks"] });
  return study;
}

/** What every walk of a round must come to, computed without a pipeline. */
export function walked(round: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: CELLS }, (_, trial) => {
    let text = `${round}/${trial}`;
    for (let i = 0; i < STEPS * HASHES_PER_STEP; i++) {
      text = createHash("sha256").update(text).digest("hex");
    }
    return [`artifacts/view/walk/trial=${trial}/out.txt`, text];
  }));
}
