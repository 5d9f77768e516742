/** Random studies: what they are, how they change, and how they are written down. */
import type { Dice } from "../../support/dice.ts";

/** An axis of every random study. */
export type AxisName = "a" | "b";

/** What a stage reads of an earlier one. */
export interface ModelInput {
  /** Index of the stage that is read. */
  readonly stage: number;
  /** How each axis of that stage is settled. */
  readonly axes: Readonly<Partial<Record<AxisName, "join" | "first" | "all">>>;
}

/** One stage. */
export interface ModelStage {
  name: string;
  axes: AxisName[];
  inputs: ModelInput[];
  param: number;
  /** Enters the result: another version is another program. */
  version: number;
  /** Keeps one bit of the result, so that many changes end here. */
  coarse: boolean;
  folder: boolean;
  /** Comments in the code; they change nothing. */
  comments: number;
}

/** A whole study. */
export interface Model {
  axes: Record<AxisName, number[]>;
  stages: ModelStage[];
}

/** Draws a study. */
export function randomModel(draw: Dice): Model {
  const model: Model = { axes: { a: [0, 1], b: [5, 40] }, stages: [] };
  const count = 3 + draw(4);
  for (let i = 0; i < count; i++) {
    model.stages.push({
      name: `s${i}`,
      axes: drawAxes(draw),
      inputs: [],
      param: draw(5),
      version: draw(3),
      coarse: draw(3) === 0,
      folder: draw(3) === 0,
      comments: 0,
    });
    rewire(model, i, draw);
  }
  return model;
}

/** Changes a study in one random way; says how. */
export function randomEdit(model: Model, draw: Dice): string {
  const i = draw(model.stages.length);
  const stage = model.stages[i]!;
  switch (draw(8)) {
    case 0:
      stage.param = draw(5);
      return `${stage.name}: param ${stage.param}`;
    case 1:
      stage.version = draw(3);
      return `${stage.name}: version ${stage.version}`;
    case 2:
      stage.comments++;
      return `${stage.name}: a comment`;
    case 3:
      stage.coarse = !stage.coarse;
      return `${stage.name}: coarse ${stage.coarse}`;
    case 4:
      stage.name = `t${draw(1000)}x${i}`;
      return `stage ${i}: renamed to ${stage.name}`;
    case 5:
      rewire(model, i, draw);
      return `${stage.name}: reads others`;
    case 6: {
      stage.folder = !stage.folder;
      return `${stage.name}: folder ${stage.folder}`;
    }
    default: {
      // The first value stays: inputs may be fixed to it.
      const values = model.axes[draw(2) === 0 ? "a" : "b"];
      if (values.length > 1 && draw(2) === 0) values.pop();
      else if (values.length < 3) values.push(values.at(-1)! + 1 + draw(9));
      return `axes ${JSON.stringify(model.axes)}`;
    }
  }
}

function drawAxes(draw: Dice): AxisName[] {
  return (["a", "b"] as const).filter(() => draw(2) === 0);
}

function rewire({ stages }: Model, i: number, draw: Dice): void {
  const own = stages[i]!;
  own.inputs = [];
  for (let n = i === 0 ? 0 : draw(3); n > 0; n--) {
    const stage = draw(i);
    const axes: Partial<Record<AxisName, "join" | "first" | "all">> = {};
    for (const axis of stages[stage]!.axes) {
      const ways = own.axes.includes(axis)
        ? (["join", "first", "all"] as const)
        : (["first", "all"] as const);
      axes[axis] = ways[draw(ways.length)]!;
    }
    own.inputs.push({ stage, axes });
  }
}

/** The study as YAML. @param fileOf Where the code of a stage lies. */
export function yamlOf({ axes, stages }: Model, fileOf: (i: number) => string): string {
  const lines = [
    "version: 1",
    "axes:",
    `  a: ${JSON.stringify(axes.a)}`,
    `  b: ${JSON.stringify(axes.b)}`,
    "stages:",
  ];
  for (const [i, stage] of stages.entries()) {
    lines.push(
      `  ${stage.name}:`,
      `    run: ${fileOf(i)}`,
      `    matrix: [${stage.axes.join(", ")}]`,
      `    params: [{ p: ${stage.param} }]`,
      `    outputs: { out: ${stage.folder ? "out/" : "out.txt"} }`,
    );
    if (stage.inputs.length === 0) continue;
    lines.push("    inputs:");
    for (const [n, { stage: upstream, axes: ways }] of stage.inputs.entries()) {
      const inside = Object.entries(ways).filter(([, way]) => way !== "join")
        .map(([axis, way]) => `${axis}=${way === "all" ? "*" : axes[axis as AxisName][0]}`);
      const selection = inside.length > 0 ? `[${inside.join(",")}]` : "";
      lines.push(`      i${n}: "${stages[upstream]!.name}${selection}.out"`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The code of a stage; {@link resultText} says what it computes. */
export function codeOf({ version, coarse, folder, inputs, comments }: ModelStage): string {
  return `${"// a comment\n".repeat(comments)}import { z } from "zod";
export default {
  summary: "A toy",
  parameters: z.strictObject({ p: z.int(), a: z.int().optional(), b: z.int().optional() }),
  // deno-lint-ignore no-explicit-any
  async run(context: any) {
    const { p, a, b } = context.parameters;
    let text = ["v${version}", p, a ?? "", b ?? ""].join("|");
    for (const name of ${JSON.stringify(inputs.map((_, n) => `i${n}`))}) {
      for (const { path } of context.inputs(name)) {
        const file = (await Deno.stat(path)).isDirectory ? path + "/x.txt" : path;
        text += "|" + await Deno.readTextFile(file);
      }
    }
    let hash = 2166136261;
    for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
    const result = String(${coarse ? "hash % 2" : "hash"});
    const out = context.output("out");
    ${
    folder
      ? `await Deno.mkdir(out);
    await Deno.writeTextFile(out + "/x.txt", result);
    await Deno.writeTextFile(out + "/y.txt", "y" + result);`
      : "await Deno.writeTextFile(out, result);"
  }
  },
};
`;
}
