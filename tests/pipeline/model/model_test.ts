/** Random studies, random edits, random damage: results equal those of an independent evaluator. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/pipeline/key/canonical.ts";
import { dice } from "../../support/dice.ts";
import { flip } from "../../support/flip.ts";
import { runHere, storedFiles, viewOf } from "../in_process.ts";
import { evaluate } from "./evaluate.ts";
import { codeOf, type Model, randomEdit, randomModel, yamlOf } from "./random_study.ts";

/** Number of attempts so far: each is one computation. */
function attempts(folder: string): number {
  const root = join(folder, "artifacts/attempts");
  return existsSync(root)
    ? readdirSync(root).reduce((sum, name) => sum + readdirSync(join(root, name)).length, 0)
    : 0;
}

/** Code in files named after it: this process loads a module once and for all. */
async function writeModel(folder: string, model: Model): Promise<void> {
  const names = await Promise.all(model.stages.map(async (stage) => {
    const code = codeOf(stage);
    const name = `${sha256(code).slice(0, 16)}.ts`;
    await Deno.writeTextFile(join(folder, name), code);
    return name;
  }));
  await Deno.writeTextFile(join(folder, "pipeline.yaml"), yamlOf(model, (i) => names[i]!));
}

for (const seed of [1, 2, 3]) {
  Deno.test(`random edits and flips give what the evaluator says, seed ${seed}`, async () => {
    const folder = realpathSync(await Deno.makeTempDir({ prefix: "basin-model-" }));
    const draw = dice(seed);
    const model = randomModel(draw);
    const done = new Set<string>();
    const history: string[] = [];
    for (let round = 0; round < 14; round++) {
      const isCalm = round < 9;
      for (let n = round === 0 ? 0 : 1 + draw(2); n > 0; n--) history.push(randomEdit(model, draw));
      await writeModel(folder, model);
      if (!isCalm) {
        const files = storedFiles(folder).filter((path) => !path.endsWith("/FORMAT"));
        history.push(`flip ${flip(files[draw(files.length)]!, draw)}`);
      }
      const before = attempts(folder);
      const { summary } = await runHere(folder, 1 + draw(4));
      const when = `round ${round} after ${history.join("; ")}`;
      assert.deepEqual(summary.failed, [], when);
      const { files, computations } = evaluate(model);
      assert.deepEqual(viewOf(folder), files, when);
      const fresh = [...computations].filter((each) => !done.has(each));
      fresh.forEach((each) => done.add(each));
      // Not one more, not one less than what is new; damage makes more, of course.
      if (isCalm) assert.equal(attempts(folder) - before, fresh.length, when);
    }
    await Deno.remove(folder, { recursive: true });
  });
}
