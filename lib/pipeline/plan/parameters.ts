/** Which of a cell's parameters reach the stage, and whether its schema takes them. */
import type { z } from "zod";
import type { FaultList } from "../config/fault.ts";
import type { Json, Study } from "../config/study.ts";
import { kindOf, wantedBy } from "../config/issue_text.ts";
import { valueAt } from "../config/shape_faults.ts";
import { didYouMean, nearest } from "../config/suggest.ts";
import type { StageModule } from "../key/stage_module.ts";
import type { Stage } from "../stage.ts";
import type { Cell } from "./cell.ts";

/** The parameters that reach the stage: those that it declares. */
export function selectParameters(
  cell: Cell,
  { fields }: Pick<StageModule, "fields">,
): Record<string, Json> {
  const taken = [...cell.parameters].filter(([name]) => fields === null || fields.includes(name));
  return Object.fromEntries(taken.map(([name, { value }]) => [name, value]));
}

/** The parameters that enter the cell's key: those that reach the stage, but for locations. */
export function keyedParameters(
  cell: Cell,
  module: Pick<StageModule, "fields" | "locations">,
): Record<string, Json> {
  const all = Object.entries(selectParameters(cell, module));
  return Object.fromEntries(all.filter(([name]) => !module.locations.includes(name)));
}

/**
 * Adds parameters that nobody takes.
 *
 * What a stage lists under `params` it has to declare. An axis is shared by stages that look at
 * different parts of it, so there one of them is enough. Where the study has faults already and its
 * profile leaves out stages, one of these may have been meant to take it.
 */
export function addUntakenFaults(
  study: Study,
  modules: ReadonlyMap<string, Pick<StageModule, "fields">>,
  cells: Iterable<Cell>,
  faults: FaultList,
): void {
  const { source } = faults;
  const isUnsure = faults.size > 0 && study.absent.size > 0;
  const fieldsOf = (stage: { module: string }) => modules.get(stage.module)?.fields ?? null;
  for (const { stage, parameters } of cells) {
    const fields = fieldsOf(stage);
    for (const [name, { origin, path }] of fields === null ? [] : parameters) {
      if (origin !== "group" || fields!.includes(name)) continue;
      const hint = didYouMean(name, fields!);
      faults.add(source.keyAt(path), `stage \`${stage.name}\` has no parameter \`${name}\`${hint}`);
    }
  }
  for (const axis of study.axes.values()) {
    const users = [...study.stages.values()].filter(({ matrix }) => matrix.includes(axis.name));
    const known = users.map(fieldsOf);
    if (users.length === 0 || known.includes(null)) continue;
    const all = new Set(known.flatMap((fields) => fields!));
    for (const { parameters } of axis.values) {
      for (const [name, { path }] of parameters) {
        if (all.has(name)) continue;
        const at = axis.kind === "values" ? source.keyAt(axis.path) : source.keyAt(path);
        const message = `no stage with the axis \`${axis.name}\` has a parameter \`${name}\``;
        if (isUnsure && nearest(name, all) === undefined) continue;
        faults.add(at, message + didYouMean(name, all));
      }
    }
  }
}

/** A value that a stage's schema refuses, of a cell that flags of the command line made. */
export interface FlagFault {
  readonly flag: string;
  readonly message: string;
}

/**
 * Adds what the schema says of a cell's parameters; returns what is wrong with flags instead.
 *
 * @param isLoose Says nothing of values that are missing: they may follow from other faults.
 */
export function addSchemaFaults(
  cell: Cell,
  values: Record<string, Json>,
  schema: Stage["parameters"],
  faults: FaultList,
  isLoose = false,
): FlagFault[] {
  const { source } = faults;
  const flags: FlagFault[] = [];
  for (const issue of issuesOf(cell, values, schema, faults)) {
    const [name, ...rest] = issue.path.map((step) =>
      typeof step === "number" ? step : String(step)
    );
    const what = `parameter \`${issue.path.join(".")}\` of stage \`${cell.stage.name}\``;
    const parameter = name === undefined ? undefined : cell.parameters.get(String(name));
    if (isLoose && parameter === undefined) continue;
    if (name === undefined) {
      faults.add(source.keyAt(cell.stage.path), `${cell.id}: ${messageOf(issue, values)}`);
    } else if (parameter === undefined) {
      const near = didYouMean(String(name), cell.parameters.keys());
      const hint = near.includes("did you mean") ? near : "; give it a value in `params`";
      faults.add(source.keyAt(cell.stage.path), `${what} has no value${hint}`);
    } else if (parameter.origin === "flag") {
      flags.push({ flag: String(name), message: messageOf(issue, values) });
    } else {
      const path = [...parameter.path, ...rest];
      faults.add(source.valueAt(path), `${what}: ${messageOf(issue, values)}`);
    }
  }
  return flags;
}

/** What the schema says; a schema that breaks over the values is a fault of its stage. */
function issuesOf(
  { stage }: Cell,
  values: Record<string, Json>,
  schema: Stage["parameters"],
  faults: FaultList,
): readonly z.core.$ZodIssue[] {
  try {
    return schema.safeParse(values).error?.issues ?? [];
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    const at = faults.source.valueAt([...stage.path, "run"]);
    faults.add(at, `the schema of stage \`${stage.name}\` throws over its parameters: ${why}`);
    return [];
  }
}

function messageOf(issue: z.core.$ZodIssue, values: Record<string, Json>): string {
  const wanted = wantedBy(issue);
  if (wanted !== undefined) {
    const seen = valueAt(values, issue.path.map((step) => step as string | number));
    const words = issue.code === "invalid_value"
      ? issue.values.filter((each) => typeof each === "string")
      : [];
    const near = typeof seen === "string" ? nearest(seen, words) : undefined;
    // A slip of the pen needs no list of all there is.
    if (near !== undefined) return `there is no ${JSON.stringify(seen)}; did you mean \`${near}\`?`;
    return `it wants ${wanted}, and this is ${seen === undefined ? "missing" : kindOf(seen)}`;
  }
  const { message } = issue;
  return message.replace(/^(Invalid input: )?(.)/, (_, __, letter: string) => letter.toLowerCase());
}
