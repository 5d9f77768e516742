/**
 * The shape of a study's YAML; what its names refer to is checked in `parse_study.ts`.
 *
 * Editors get the same schema as JSON: `pipeline.schema.json` is generated from it.
 */
import { z } from "zod";
import { EXECUTORS } from "./executor.ts";

const values = z.record(z.string(), z.json());
const names = z.array(z.string());
const assignments = z.array(values);

const scalar = { type: ["string", "number", "boolean"] };
/** Its own parser has better messages than a union would, see `axis.ts`; editors get the union. */
const axis = z.unknown().meta({
  description: "A list of values, { range: [from, to] }, or labels that stand for parameters",
  anyOf: [
    { type: "array", items: scalar, minItems: 1 },
    {
      type: "object",
      properties: {
        range: { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 2 },
      },
      required: ["range"],
      additionalProperties: false,
    },
    {
      type: "object",
      additionalProperties: {
        type: ["object", "null"],
        properties: {
          use: {
            description: "Groups under `params` that the label stands for",
            anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
          },
        },
      },
    },
  ],
});

const access = z.strictObject({
  read: names.optional()
    .describe("Files and folders to read besides code and inputs; nothing in them is in a key"),
  write: names.optional().describe("Files and folders to write besides outputs"),
  net: z.union([z.boolean(), names]).optional()
    .describe("Hosts to speak to, or `true` for all"),
  env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "want names of variables")).optional()
    .describe("Environment variables to read; their values are in the key, all others are hidden"),
});

const place = {
  partition: z.string().optional().describe("The partition that jobs are sent to"),
  account: z.string().optional().describe("The account that pays"),
  time: z.string().optional()
    .describe("Longest time of a job, such as 6h; default: the stage's `timeout`"),
  options: names.optional().describe("Further options of sbatch, such as --qos=low"),
};

const executor = z.strictObject({
  use: z.enum(EXECUTORS).optional()
    .describe("Where cells are computed if --executor does not say; default local"),
  slurm: z.strictObject({
    ...place,
    atOnce: z.int().positive().optional().describe("Most jobs of one array that run at once"),
    prepare: names.optional()
      .describe("Lines of shell that each job begins with, such as `module load cuda`"),
    stages: z.record(z.string(), z.strictObject(place)).optional()
      .describe("Stages that go elsewhere, or need further options"),
  }).optional(),
});

const stage = z.strictObject({
  run: z.string()
    .describe("The module whose default export is the stage, relative to this file"),
  description: z.string().optional().describe("One line for people; in no key"),
  optional: z.boolean().optional()
    .describe("The stage is there only under profiles that name it in `only`"),
  matrix: names.optional()
    .describe("Names of axes; the stage has one cell for each combination of their values"),
  exclude: assignments.optional()
    .describe("Combinations without a cell; a left-out axis stands for all its values"),
  include: assignments.optional().describe(
    "Further cells, or further parameters of one cell: all its axes, then parameters",
  ),
  params: z.array(z.union([z.string(), values])).optional()
    .describe("Names of groups under `params`, or parameters themselves; later ones win"),
  inputs: z.record(z.string(), z.string()).optional().describe(
    "Input name → `stage.output`, `stage[axis=label].output` or `stage[*].output`",
  ),
  outputs: z.record(z.string(), z.string())
    .describe("Output name → file, or folder if it ends in /, relative to the cell's folder"),
  engine: z.boolean().optional()
    .describe("The stage computes: engine and threads enter its keys"),
  resources: z.strictObject({
    cpus: z.int().positive().optional()
      .describe("Cores that a cell occupies; with `engine` also its threads, and so in its key"),
    memory: z.union([z.int().positive(), z.string()]).optional()
      .describe("Memory that a cell needs, as bytes or as text such as 2GB; in no key"),
    gpus: z.int().nonnegative().optional()
      .describe("GPUs that a cell has to itself, by CUDA_VISIBLE_DEVICES; default 0; in no key"),
  }).optional(),
  allow: access.optional()
    .describe("What the stage may touch besides code, inputs and outputs; all else is refused"),
  timeout: z.string().optional()
    .describe("Longest time of one attempt, such as 6h; default a day"),
  stall: z.string().optional()
    .describe("Longest time without progress or a line in the log, such as 10m; default an hour"),
  retries: z.int().nonnegative().optional().describe(
    "Further attempts after one was killed or took too long, default 1; its own errors are final",
  ),
});

/** What a profile may change of a stage; with `run` it is a further stage, of this profile alone. */
const stageOverride = stage.partial();

/** What only a further stage may say, and what it must say. */
export const FURTHER_STAGE = {
  only: ["run", "description", "outputs", "engine", "allow"],
  needed: ["run", "outputs"],
} as const;

/** The whole file. Strict everywhere: a misspelt key is an error. */
export const StudySchema = z.strictObject({
  version: z.literal(1),
  seed: z.int().nonnegative().optional()
    .describe("The study's seed, a parameter of every stage that declares `seed`"),
  params: z.record(z.string(), values).optional()
    .describe("Groups of parameters, which stages and labels name"),
  axes: z.record(z.string(), axis).optional(),
  allow: access.optional().describe("What every stage may touch, as under a stage"),
  work: z.string().optional()
    .describe("The module that says how much work cells are, relative to this file; in no key"),
  executor: executor.optional()
    .describe("Where cells are computed, and what a cluster is told of them; in no key"),
  stages: z.record(z.string(), stage),
  profiles: z.record(
    z.string(),
    z.strictObject({
      description: z.string().optional(),
      only: names.optional()
        .describe("The stages of the profile; without it, all that are not optional"),
      seed: z.int().nonnegative().optional(),
      params: z.record(z.string(), values).optional(),
      axes: z.record(z.string(), axis).optional(),
      stages: z.record(z.string(), stageOverride).optional(),
    }),
  ).optional(),
});

/** The schema as JSON Schema (draft 2020-12), for editors; ends with a line feed. */
export function studyJsonSchema(): string {
  const schema = z.toJSONSchema(StudySchema, { io: "input" });
  return `${JSON.stringify({ title: "A study of Basin", ...schema }, undefined, 2)}\n`;
}

const PROFILE_KEYS = ["description", "only", "seed", "params", "axes", "stages"];

function executorKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 1) return Object.keys(executor.shape);
  if (path.length === 2) return [...Object.keys(place), "atOnce", "prepare", "stages"];
  return path.length === 4 ? Object.keys(place) : [];
}

/** The keys allowed at a path of the YAML, for a suggestion; none where names are free. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [top, , third, , fifth] = path;
  if (path.length === 0) return Object.keys(StudySchema.shape);
  if (top === "stages" && path.length === 2) return Object.keys(stage.shape);
  if (top === "stages" && third === "resources") return ["cpus", "memory", "gpus"];
  if (top === "executor") return executorKeys(path);
  if (top === "allow" || (top === "stages" && third === "allow")) return Object.keys(access.shape);
  if (top === "profiles" && path.length === 2) return PROFILE_KEYS;
  if (top === "profiles" && third === "stages" && fifth === undefined) {
    return Object.keys(stageOverride.shape);
  }
  return [];
}
