/**
 * The random model test with the real command line: processes, `-j` 1 to 4, SIGKILLs, byte flips.
 *
 * `BASIN_MODEL_ROUNDS` and `BASIN_MODEL_SEED` choose how many rounds and which.
 */
import assert from "node:assert/strict";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluate } from "../pipeline/model/evaluate.ts";
import {
  codeOf,
  type Model,
  randomEdit,
  randomModel,
  yamlOf,
} from "../pipeline/model/random_study.ts";
import { storedFiles, viewOf } from "../pipeline/in_process.ts";
import { dice } from "../support/dice.ts";
import { flip } from "../support/flip.ts";

const ROUNDS = Number(Deno.env.get("BASIN_MODEL_ROUNDS") ?? 30);
const SEED = Number(Deno.env.get("BASIN_MODEL_SEED") ?? 20170209);
/** Rounds after which another study begins. */
const ROUNDS_PER_STUDY = 6;
/** Longest wait before a kill, in milliseconds: about what a run takes. */
const LATEST_KILL = 3000;
const BASIN = fileURLToPath(new URL("../../tasks/basin.ts", import.meta.url));

function basin(folder: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BASIN, ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function finished(child: Deno.ChildProcess): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function writeModel(folder: string, model: Model): Promise<void> {
  for (const [i, stage] of model.stages.entries()) {
    await Deno.writeTextFile(join(folder, `code${i}.ts`), codeOf(stage));
  }
  await Deno.writeTextFile(join(folder, "pipeline.yaml"), yamlOf(model, (i) => `code${i}.ts`));
}

Deno.test(`the model test survives ${ROUNDS} rounds of edits, kills and flips`, async () => {
  const draw = dice(SEED);
  const count = { kills: 0, flips: 0, cells: 0, studies: 0 };
  for (let round = 0; round < ROUNDS;) {
    const folder = realpathSync(await Deno.makeTempDir({ prefix: "basin-model-" }));
    const model = randomModel(draw);
    const history: string[] = [];
    count.studies++;
    for (let i = 0; i < ROUNDS_PER_STUDY && round < ROUNDS; i++, round++) {
      for (let n = i === 0 ? 0 : 1 + draw(2); n > 0; n--) history.push(randomEdit(model, draw));
      await writeModel(folder, model);
      for (let n = existsSync(join(folder, "artifacts")) ? draw(3) : 0; n > 0; n--) {
        const files = storedFiles(folder).filter((path) => !path.endsWith("/FORMAT"));
        history.push(`flip ${flip(files[draw(files.length)]!, draw)}`);
        count.flips++;
      }
      for (let n = draw(3); n > 0; n--) {
        const child = basin(folder, "run", "-j", String(1 + draw(4)));
        const delay = draw(LATEST_KILL);
        const timer = setTimeout(() => kill(child), delay);
        const { code } = await finished(child);
        clearTimeout(timer);
        if (code !== 0) count.kills++;
        history.push(`run, to be killed after ${delay} ms: ${code}`);
      }
      const { code, text } = await finished(basin(folder, "run", "-j", String(1 + draw(4))));
      const when = `seed ${SEED}, round ${round} after ${history.join("; ")}\n${text}`;
      assert.equal(code, 0, when);
      const { files } = evaluate(model);
      assert.deepEqual(viewOf(folder), files, when);
      count.cells += Object.keys(files).length;
    }
    // What was flipped and never needed again is found here, and after that nothing.
    await finished(basin(folder, "verify", "--full"));
    const { code } = await finished(basin(folder, "run"));
    assert.equal(code, 0);
    const verified = await finished(basin(folder, "verify", "--full"));
    assert.equal(verified.code, 0, verified.text);
    assert.deepEqual(viewOf(folder), evaluate(model).files);
    await Deno.remove(folder, { recursive: true });
  }
  const line = `model test: ${ROUNDS} rounds survived (${count.studies} random studies, ` +
    `${count.cells} files compared, ${count.kills} SIGKILLs, ${count.flips} flips, seed ${SEED})\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
});

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL"); // the driver alone: its workers have to notice by themselves
  } catch {
    return; // it ended a moment ago
  }
}
