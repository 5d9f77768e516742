/** Stages that are killed again and again, each time after some saves, come to the bytes of an undisturbed run. */
import assert from "node:assert/strict";
import type { Checkpoint, InputArtifact, Stage } from "../../lib/pipeline/stage.ts";
import { newestCheckpoint, writeCheckpoint } from "../../lib/pipeline/store/checkpoints.ts";
import download from "../../tasks/download.ts";
import path from "../../tasks/path.ts";
import ritz from "../../tasks/ritz.ts";
import train from "../../tasks/train.ts";
import trajectory from "../../tasks/trajectory.ts";
import { fakeContext } from "../support/fake_context.ts";

const OBJECTIVE = {
  network: "F1",
  normalisation: "batch",
  strided: false,
  batchNorm: "batch",
  evaluationBatch: 40,
  seed: 1,
  trial: 2,
};
/** Attempts after which a stage is taken to make no headway. */
const MOST_ATTEMPTS = 12;

const root = await Deno.makeTempDir({ prefix: "basin-resume-" });
async function folder(name: string): Promise<string> {
  await Deno.mkdir(`${root}/${name}`);
  return `${root}/${name}`;
}
function artifact(path: string): InputArtifact[] {
  return [{ cell: {}, status: "ok", path }];
}

const data = await folder("data");
await download.run(fakeContext({
  parameters: { dataset: "mnist-10k", train: 60, test: 20, seed: 1 },
  folder: data,
}));
const sets = { train: artifact(`${data}/train`), test: artifact(`${data}/test`) };
const trained = await folder("trained");
await train.run(fakeContext({
  parameters: train.parameters.parse({
    ...OBJECTIVE,
    batch: "25%",
    epochs: 2,
    optimiser: "adam",
    learningRate: 1e-3,
    keepIterates: [1, 2],
  }),
  folder: trained,
  inputs: sets,
}));
const weights = artifact(`${trained}/weights`);

/** Saves whenever it may, and kills the stage once it has done so `saves` times. */
function killingCheckpoint(folder: string, saves: number): Checkpoint {
  let left = saves;
  return {
    load: () => newestCheckpoint(folder).state,
    isDue: () => true,
    save(state) {
      writeCheckpoint(folder, state);
      if (--left === 0) throw new Error("killed");
    },
  };
}

const CASES = [
  {
    stage: path as Stage,
    parameters: { ...OBJECTIVE, seed: undefined, kind: "linear" },
    inputs: { ...sets, small: weights, large: artifact(`${trained}/iterates/epoch-1.safetensors`) },
    name: "path",
    saves: 9,
    kills: 2, // of 25 points
  },
  {
    stage: trajectory as Stage,
    parameters: { ...OBJECTIVE, eps: 1e-3, protocol: "literal" },
    inputs: { ...sets, iterates: artifact(`${trained}/iterates`) },
    name: "trajectory",
    saves: 8, // so that some kills come between points and some within one
    kills: 2,
  },
  {
    stage: ritz as Stage,
    parameters: { ...OBJECTIVE, dimension: 9, distribution: "gaussian", lanczosSteps: 4 },
    inputs: { ...sets, weights },
    name: "ritz",
    saves: 2, // of three while Lanczos' space grows, and three of four images or fewer
    kills: 3,
  },
];

for (const { stage, parameters, inputs, name, saves, kills } of CASES) {
  Deno.test(`${name} goes on from what it saved, to the same bytes`, async () => {
    const given = JSON.parse(JSON.stringify(parameters)); // without what is undefined
    const attempt = async (into: string, checkpoint?: Checkpoint) => {
      const context = fakeContext({
        parameters: stage.parameters.parse(given),
        folder: into,
        inputs,
        ...(checkpoint && { checkpoint }),
      });
      await stage.run(context);
      return await Deno.readTextFile(context.output("metrics"));
    };
    const undisturbed = await attempt(await folder(`${name}-once`));
    const [into, kept] = [await folder(`${name}-again`), await folder(`${name}-checkpoints`)];
    for (let killed = 0; killed < MOST_ATTEMPTS; killed++) {
      try {
        assert.equal(await attempt(into, killingCheckpoint(kept, saves)), undisturbed);
        assert.ok(killed >= kills, `killed only ${killed} times`);
        return;
      } catch (error) {
        if ((error as Error).message !== "killed") throw error;
      }
    }
    assert.fail(`no end after ${MOST_ATTEMPTS} attempts: it starts anew each time`);
  });
}
