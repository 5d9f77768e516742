/** The shape of a study's YAML; what its names refer to is checked in `parse_study.ts`. */
import { z } from "zod";

const values = z.record(z.string(), z.json());
const names = z.array(z.string());
const assignments = z.array(values);
/** Its own parser has better messages than a union would: see `axis.ts`. */
const axis = z.unknown();

const stage = z.strictObject({
  /** The module whose default export is the stage, relative to the YAML. */
  run: z.string(),
  /** One line for people; in no key. */
  description: z.string().optional(),
  /** Names of axes; the stage has one cell for each combination of their values. */
  matrix: names.optional(),
  /** Combinations without a cell; a left-out axis stands for all its values. */
  exclude: assignments.optional(),
  /** Further cells, or further parameters of one cell: all its axes, then parameters. */
  include: assignments.optional(),
  /** Names of groups under `params`, or parameters themselves. Later ones win. */
  params: z.array(z.union([z.string(), values])).optional(),
  /** Input name → `stage.output`, `stage[axis=label].output` or `stage[*].output`. */
  inputs: z.record(z.string(), z.string()).optional(),
  /** Output name → file, or folder if it ends in `/`, relative to the cell's folder. */
  outputs: z.record(z.string(), z.string()),
  /** The stage computes: engine and threads enter its keys. */
  engine: z.boolean().optional(),
  resources: z.strictObject({
    /** Cores that a cell occupies; with `engine` also its threads, and so in its key. */
    cpus: z.int().positive().optional(),
    /** Memory that a cell needs, as bytes or as text such as `2GB`; in no key. */
    memory: z.union([z.int().positive(), z.string()]).optional(),
  }).optional(),
});

const stageOverride = z.strictObject({
  matrix: names.optional(),
  exclude: assignments.optional(),
  include: assignments.optional(),
  params: stage.shape.params,
});

/** The whole file. Strict everywhere: a misspelt key is an error. */
export const StudySchema = z.strictObject({
  version: z.literal(1),
  /** The study's seed, a parameter of every stage that declares `seed`. */
  seed: z.int().nonnegative().optional(),
  params: z.record(z.string(), values).optional(),
  axes: z.record(z.string(), axis).optional(),
  stages: z.record(z.string(), stage),
  profiles: z.record(
    z.string(),
    z.strictObject({
      description: z.string().optional(),
      seed: z.int().nonnegative().optional(),
      params: z.record(z.string(), values).optional(),
      axes: z.record(z.string(), axis).optional(),
      stages: z.record(z.string(), stageOverride).optional(),
    }),
  ).optional(),
});

const PROFILE_KEYS = ["description", "seed", "params", "axes", "stages"];

/** The keys allowed at a path of the YAML, for a suggestion; none where names are free. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [top, , third, , fifth] = path;
  if (path.length === 0) return Object.keys(StudySchema.shape);
  if (top === "stages" && path.length === 2) return Object.keys(stage.shape);
  if (top === "stages" && third === "resources") return ["cpus", "memory"];
  if (top === "profiles" && path.length === 2) return PROFILE_KEYS;
  if (top === "profiles" && third === "stages" && fifth === undefined) {
    return Object.keys(stageOverride.shape);
  }
  return [];
}
