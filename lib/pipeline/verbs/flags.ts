/** Flags of `stage`, made from the axes and parameters of that stage. */
import { labelFault } from "../config/name.ts";
import type { AxisValue, Json, Parameter, StageDeclaration, Study } from "../config/study.ts";
import { didYouMean } from "../config/suggest.ts";
import type { Cell } from "../plan/cell.ts";
import type { AdhocRequest } from "../plan/expand.ts";
import { UsageError } from "./verb.ts";

/** One flag. */
export interface StageFlag {
  /** Name of the axis or of the parameter. */
  readonly name: string;
  readonly kind: "axis" | "parameter";
  /** Values that the study has for it; they decide the type of a new one. */
  readonly samples: readonly Json[];
  /** One line for `--help`. */
  readonly help: string;
}

/** Longest list of values in the help. */
const SHOWN_VALUES = 8;

/**
 * The flags of a stage: one for each of its axes and each further parameter that it declares.
 *
 * @param cells The stage's cells.
 * @param fields The parameters that its module declares; `null` for all it is offered.
 */
export function flagsOf(
  { axes }: Study,
  stage: StageDeclaration,
  cells: readonly Cell[],
  fields: readonly string[] | null,
): StageFlag[] {
  const offered = new Set(cells.flatMap(({ parameters }) => [...parameters.keys()]));
  const names = (fields ?? [...offered]).filter((name) => !stage.matrix.includes(name));
  const distinct = (values: readonly Json[]) => [
    ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
  ];
  const list = (values: readonly Json[]) => {
    const texts = values.slice(0, SHOWN_VALUES).map((value) =>
      typeof value === "string" ? value : JSON.stringify(value)
    );
    return texts.join(", ") + (values.length > SHOWN_VALUES ? ", …" : "");
  };
  return [
    ...stage.matrix.map((name): StageFlag => {
      const { kind, values } = axes.get(name)!;
      const samples = kind === "labels"
        ? values.map(({ label }) => label)
        : values.map(({ parameters }) => parameters.get(name)!.value);
      const what = kind === "labels" ? "one of" : "in the study:";
      return { name, kind: "axis", samples, help: `axis; ${what} ${list(samples)}` };
    }),
    ...names.map((name): StageFlag => {
      const values = cells.map(({ parameters }) => parameters.get(name)?.value);
      const samples = distinct(values.filter((value) => value !== undefined));
      const help = samples.length === 0 ? "not set" : `in the study: ${list(samples)}`;
      return { name, kind: "parameter", samples, help: `parameter; ${help}` };
    }),
  ];
}

/** `warmEpochs` and `warm_epochs` as people type them: `warm-epochs`. */
export function kebabCase(name: string): string {
  return name.replaceAll("_", "-")
    .replaceAll(/[a-z0-9][A-Z]/g, ([a, b]) => `${a}-${b!.toLowerCase()}`);
}

/**
 * What the flags that were given ask for.
 *
 * @param given Name of an axis or a parameter → the text of its value; axes take several, with
 *   commas between them.
 * @throws {UsageError} If a text is no value of its type, or no label of its axis.
 */
export function requestOf(
  { axes }: Study,
  stage: StageDeclaration,
  flags: readonly StageFlag[],
  given: ReadonlyMap<string, string>,
): AdhocRequest {
  const values = new Map<string, readonly AxisValue[]>();
  const parameters = new Map<string, Parameter>();
  for (const flag of flags) {
    const text = given.get(flag.name);
    if (text === undefined) continue;
    if (flag.kind === "parameter") {
      parameters.set(flag.name, { value: readValue(flag, text), origin: "flag", path: [] });
      continue;
    }
    const axis = axes.get(flag.name)!;
    const chosen = text.split(",").map((part): AxisValue => {
      const value = axis.kind === "labels" ? part : readValue(flag, part.trim());
      const label = String(value);
      const known = axis.values.find((each) => each.label === label);
      if (known) return known;
      if (axis.kind === "labels") {
        const hint = didYouMean(label, axis.values.map((each) => each.label));
        throw new UsageError(`Cannot use --${kebabCase(flag.name)} ${part}: no such label${hint}`);
      }
      const wrong = labelFault(label);
      if (wrong) throw new UsageError(`Cannot use --${kebabCase(flag.name)} ${part}: ${wrong}`);
      const parameter: Parameter = { value, origin: "flag", path: [] };
      return { label, parameters: new Map([[flag.name, parameter]]) };
    });
    // One cell each, also where a value is given twice or in two spellings.
    values.set(flag.name, [...new Map(chosen.map((value) => [value.label, value])).values()]);
  }
  return { stage, values, parameters };
}

/** A text as a value of a type that the study's own values have. */
function readValue({ name, samples }: StageFlag, text: string): Json {
  const types = new Set(samples.map((sample) => typeof sample));
  const isOpen = types.size === 0; // a parameter that the study does not set
  const number = text.trim() === "" ? NaN : Number(text);
  if ((isOpen || types.has("number")) && Number.isFinite(number)) {
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
      throw new UsageError(`Cannot use --${kebabCase(name)} ${text}: integers go to 2^53 - 1`);
    }
    return number === 0 ? 0 : number;
  }
  if ((isOpen || types.has("boolean")) && (text === "true" || text === "false")) {
    return text === "true";
  }
  if (isOpen || types.has("string")) return text;
  if (types.has("object")) {
    try {
      return JSON.parse(text);
    } catch {
      throw new UsageError(`Cannot use --${kebabCase(name)} ${text}: wanted JSON, as in [1, 2]`);
    }
  }
  const wanted = types.has("number") ? `a number, as in ${samples[0]}` : "true or false";
  throw new UsageError(`Cannot use --${kebabCase(name)} ${text}: wanted ${wanted}`);
}
