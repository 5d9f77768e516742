/** From the text of `pipeline.yaml` to a checked {@link Study}. */
import { resolve } from "node:path";
import { addAccessFaults, readAccess } from "./access.ts";
import { absentStages } from "./absent_stages.ts";
import { readAxes } from "./axes.ts";
import { readDuration } from "./duration.ts";
import { readExecutor } from "./executor.ts";
import { FaultList } from "./fault.ts";
import { isFile } from "./is_file.ts";
import { readGroups, readStageParameters } from "./groups.ts";
import { checkLinks } from "./links.ts";
import { readMemory } from "./memory.ts";
import { nameFault } from "./name.ts";
import { readOutputs } from "./outputs.ts";
import { plainValue } from "./plain_value.ts";
import { entriesOf, fieldOf, itemsOf } from "./raw.ts";
import type { StudyFile } from "./joined_document.ts";
import { collects, parseReference } from "./reference.ts";
import {
  addMeaningFaults,
  addNumberFaults,
  addShapeFaults,
  addSyntaxFaults,
  addTwinFaults,
} from "./shape_faults.ts";
import { readSource, type YamlPath } from "./source_text.ts";
import type {
  Assignment,
  Axis,
  InputDeclaration,
  Json,
  Parameter,
  StageDeclaration,
  Study,
} from "./study.ts";
import { FURTHER_STAGE } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

/** Seconds; long enough for any stage of a study, and short enough that a hung one ends. */
const DEFAULT_TIMEOUT = 24 * 3600;
const DEFAULT_STALL = 3600;

/** Larger files are no studies, and some are bombs. */
const SIZE_LIMIT = 1_000_000;

/** What {@link parseStudy} needs besides the text. */
export interface StudySource {
  /** The file's name as messages show it. */
  readonly name: string;
  /** Absolute path of the folder that paths in the YAML are relative to. */
  readonly root: string;
  /** `default`, or a name under `profiles`. */
  readonly profile?: string;
  /** Profiles in files of their own. */
  readonly studies?: readonly StudyFile[];
}

/**
 * Parses a study and reports everything that is wrong with it at once.
 *
 * @example
 * ```ts
 * import { parseStudy } from "./parse_study.ts";
 * import assert from "node:assert/strict";
 *
 * const text = "version: 1\nstages:\n  train: { rum: train.ts, outputs: {} }\n";
 * assert.throws(
 *   () => parseStudy(text, { name: "pipeline.yaml", root: "/study" }),
 *   /pipeline\.yaml:3:12: unknown key `rum`; did you mean `run`\?/,
 * );
 * ```
 *
 * @throws {StudyError} With every fault, its place, and an excerpt.
 */
export function parseStudy(text: string, source: StudySource): Study {
  const { study, faults } = collectStudy(text, source);
  faults.throwIfAny();
  return study;
}

/**
 * Parses a study as far as it goes, so that its faults can be reported together with others.
 *
 * @returns The study, and its faults; if there are any, names in the study may mean nothing.
 * @throws {StudyError} If a text is no YAML.
 */
export function collectStudy(
  text: string,
  { name, root, profile = "default", studies = [] }: StudySource,
): { study: Study; faults: FaultList } {
  const cut = <T extends { text: string }>(file: T): T =>
    file.text.length > SIZE_LIMIT ? { ...file, text: "" } : file;
  const faults = new FaultList(readSource(name, cut({ text }).text, studies.map(cut)));
  const { files } = faults.source;
  for (const [i, { length }] of [text, ...studies.map(({ text }) => text)].entries()) {
    if (length <= SIZE_LIMIT) continue;
    const at = { offset: files[i]!.start, length: 1 };
    faults.add(at, `the file has ${length} characters; a study has at most ${SIZE_LIMIT}`);
  }
  faults.throwIfAny();
  addSyntaxFaults(faults);
  const isReadable = files.every(({ document }) =>
    document.errors.every(({ code }) => code === "DUPLICATE_KEY")
  );
  if (!isReadable) faults.throwIfAny();
  addNumberFaults(faults);
  addTwinFaults(faults);
  const before = faults.size;
  addMeaningFaults(faults);
  // What contains itself cannot be read as values.
  if (faults.size > before) faults.throwIfAny();
  const raw = plainValue(faults);
  addShapeFaults(faults, raw);
  const study = readStudy(raw, { root, profile }, faults);
  const ordered = checkLinks(study, faults);
  return { study: { ...study, stages: ordered }, faults };
}

function readStudy(
  raw: unknown,
  { root, profile }: { root: string; profile: string },
  faults: FaultList,
): Study {
  const { source } = faults;
  const profiles = entriesOf(fieldOf(raw, "profiles"));
  const names = ["default", ...profiles.map(([name]) => name)];
  for (const name of names) {
    const wrong = nameFault(name);
    if (wrong) faults.add(source.keyAt(["profiles", name]), wrong);
  }
  if (!names.includes(profile)) {
    const hint = didYouMean(profile, names);
    faults.add(undefined, `there is no profile \`${profile}\`${hint}`);
  }
  const own = profiles.find(([name]) => name === profile)?.[1];
  const groups = readGroups(raw, profile, faults);
  const axes = readAxes(raw, profile, groups, faults);
  const [seed, seedPath]: [unknown, YamlPath] = fieldOf(own, "seed") === undefined
    ? [fieldOf(raw, "seed"), ["seed"]]
    : [fieldOf(own, "seed"), ["profiles", profile, "seed"]];
  const common: [string, Parameter][] = seed === undefined
    ? []
    : [["seed", { value: seed as Json, origin: "seed", path: seedPath }]];

  const ofAll = entriesOf(fieldOf(raw, "stages"));
  const further = furtherStages(own, ofAll);
  const declared = [...ofAll, ...further];
  const absent = absentStages(ofAll, further, profiles, profile, faults);
  for (const [name, overrides] of profiles) {
    for (const [stage] of entriesOf(fieldOf(overrides, "stages"))) {
      const path = ["profiles", name, "stages", stage];
      checkOverride(stage, overrides, ofAll, path, faults);
    }
  }
  if (declared.length === 0 && fieldOf(raw, "stages") !== undefined) {
    faults.add(source.keyAt(["stages"]), "the study has no stages; it needs one");
  }
  addAccessFaults(fieldOf(raw, "allow"), ["allow"], faults);
  const stages = declared.map(([name, stage]): [string, StageDeclaration] => {
    const isFurther = further.some(([known]) => known === name);
    const path = isFurther ? ["profiles", profile, "stages", name] : ["stages", name];
    const override = isFurther ? undefined : fieldOf(fieldOf(own, "stages"), name);
    const overridePath = ["profiles", profile, "stages", name];
    /** A profile's value in place of the stage's own. */
    const chosen = (key: string): [unknown, YamlPath] =>
      fieldOf(override, key) === undefined
        ? [fieldOf(stage, key), [...path, key]]
        : [fieldOf(override, key), [...overridePath, key]];
    const wrong = nameFault(name);
    if (wrong) faults.add(source.keyAt(path), wrong);
    const parameters = new Map([
      ...common,
      ...readStageParameters(fieldOf(stage, "params"), [...path, "params"], groups, faults),
      ...readStageParameters(
        fieldOf(override, "params"),
        [...overridePath, "params"],
        groups,
        faults,
      ),
    ]);
    /** As {@link chosen}, of one of the stage's resources: a profile may change one alone. */
    const resource = (key: string): [unknown, YamlPath] => {
      const own = fieldOf(fieldOf(override, "resources"), key);
      const at = [...(own === undefined ? path : overridePath), "resources", key];
      return [own ?? fieldOf(fieldOf(stage, "resources"), key), at];
    };
    const [memory, memoryPath] = resource("memory");
    const bytes = memory === undefined ? 0 : readMemory(memory);
    if (bytes === undefined && typeof memory === "string") { // all else the schema has found
      const at = source.valueAt(memoryPath);
      faults.add(at, `${JSON.stringify(memory)} is no memory size; write for instance 2GB`);
    }
    const seconds = (key: "timeout" | "stall", otherwise: number) => {
      const [raw, at] = chosen(key);
      return readSeconds(raw, otherwise, at, faults);
    };
    addAccessFaults(fieldOf(stage, "allow"), [...path, "allow"], faults);
    return [name, {
      name,
      path,
      ...readModule(fieldOf(stage, "run"), root, [...path, "run"], faults),
      description: fieldOf(stage, "description") as string | undefined,
      matrix: readMatrix(...chosen("matrix"), axes, faults),
      exclude: readAssignments(...chosen("exclude")),
      include: readAssignments(...chosen("include")),
      parameters,
      inputs: new Map(
        [
          ...readInputs(fieldOf(stage, "inputs"), [...path, "inputs"], faults),
          ...readInputs(fieldOf(override, "inputs"), [...overridePath, "inputs"], faults),
        ].filter(([, { reference }]) => !(collects(reference) && absent.has(reference.stage))),
      ),
      outputs: readOutputs(fieldOf(stage, "outputs"), [...path, "outputs"], faults),
      engine: fieldOf(stage, "engine") === true,
      cpus: Number(resource("cpus")[0] ?? 1),
      memory: bytes ?? 0,
      gpus: Number(resource("gpus")[0] ?? 0),
      access: readAccess([fieldOf(raw, "allow"), fieldOf(stage, "allow")], root, Deno.env.get),
      timeout: seconds("timeout", DEFAULT_TIMEOUT),
      stall: seconds("stall", DEFAULT_STALL),
      retries: Number(chosen("retries")[0] ?? 1),
    }];
  });
  const present = stages.filter(([name]) => !absent.has(name));
  const described = profile === "default" ? undefined : fieldOf(own, "description");
  const description = typeof described === "string" ? described : undefined;
  const work = fieldOf(raw, "work") === undefined
    ? undefined
    : readModule(fieldOf(raw, "work"), root, ["work"], faults).module;
  const executor = readExecutor(
    fieldOf(raw, "executor"),
    [...new Set([...declared.map(([name]) => name), ...absent])],
    faults,
  );
  return {
    ...{ source, root, profile, description, work, executor, axes, absent },
    stages: new Map(present),
  };
}

/** The stages that a profile has beyond those of all: those with a module of their own. */
function furtherStages(own: unknown, ofAll: readonly [string, unknown][]): [string, unknown][] {
  return entriesOf(fieldOf(own, "stages")).filter(([name, stage]) =>
    fieldOf(stage, "run") !== undefined && !ofAll.some(([known]) => known === name)
  );
}

/** Adds what is wrong with a stage under a profile: unknown, changed where it must not be, or torso. */
function checkOverride(
  stage: string,
  overrides: unknown,
  ofAll: readonly [string, unknown][],
  path: YamlPath,
  faults: FaultList,
): void {
  const { source } = faults;
  const own = fieldOf(fieldOf(overrides, "stages"), stage);
  if (ofAll.some(([known]) => known === stage)) {
    for (const key of FURTHER_STAGE.only) {
      if (fieldOf(own, key) === undefined) continue;
      faults.add(
        source.keyAt([...path, key]),
        `a profile cannot change \`${key}\` of a stage of all`,
      );
    }
    return;
  }
  if (fieldOf(own, "run") === undefined) {
    const hint = didYouMean(stage, ofAll.map(([known]) => known));
    faults.add(source.keyAt(path), `there is no stage \`${stage}\`${hint}`);
    return;
  }
  for (const key of FURTHER_STAGE.needed) {
    if (fieldOf(own, key) !== undefined) continue;
    faults.add(source.keyAt(path), `\`${path.join(".")}\` has no \`${key}\`; it needs one`);
  }
}

function readModule(run: unknown, root: string, path: YamlPath, faults: FaultList) {
  if (typeof run !== "string") return { run: "", module: "" };
  const module = resolve(root, run);
  if (!isFile(module)) faults.add(faults.source.valueAt(path), `there is no file ${run}`);
  return { run, module };
}

function readSeconds(
  raw: unknown,
  otherwise: number,
  path: YamlPath,
  faults: FaultList,
): number {
  if (raw === undefined) return otherwise;
  const seconds = readDuration(raw);
  if (seconds === undefined && typeof raw === "string") {
    const at = faults.source.valueAt(path);
    faults.add(at, `${JSON.stringify(raw)} is no duration; write for instance 90s, 10m or 6h`);
  }
  return seconds ?? otherwise;
}

function readMatrix(
  raw: unknown,
  path: YamlPath,
  axes: ReadonlyMap<string, Axis>,
  faults: FaultList,
): string[] {
  const matrix: string[] = [];
  for (const [i, name] of itemsOf(raw).entries()) {
    if (typeof name !== "string") continue;
    const at = faults.source.valueAt([...path, i]);
    if (!axes.has(name)) {
      faults.add(at, `there is no axis \`${name}\`${didYouMean(name, axes.keys())}`);
    } else if (matrix.includes(name)) faults.add(at, `axis \`${name}\` is here twice; remove one`);
    else matrix.push(name);
  }
  return matrix;
}

function readAssignments(raw: unknown, path: YamlPath): Assignment[] {
  return itemsOf(raw).map((item, i) => ({
    path: [...path, i],
    values: new Map(entriesOf(item) as [string, Json][]),
  }));
}

function readInputs(
  raw: unknown,
  path: YamlPath,
  faults: FaultList,
): ReadonlyMap<string, InputDeclaration> {
  const inputs = new Map<string, InputDeclaration>();
  for (const [name, text] of entriesOf(raw)) {
    const at = [...path, name];
    const wrong = nameFault(name);
    if (wrong) faults.add(faults.source.keyAt(at), wrong);
    if (typeof text !== "string") continue;
    try {
      inputs.set(name, { name, reference: parseReference(text), path: at });
    } catch (error) {
      faults.add(faults.source.valueAt(at), (error as Error).message);
    }
  }
  return inputs;
}
