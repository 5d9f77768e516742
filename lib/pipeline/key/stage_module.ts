/** What the pipeline knows of a stage's module: its digest, and what it declares. */
import { inspect } from "node:util";
import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { type Bundle, BundleError, bundleModules, pathFrom } from "./bundle.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import { loadStage } from "./load_stage.ts";
import { reachablePackages, readPackageLock } from "./packages.ts";

/** A stage's module at one state of its code. */
export interface StageModule {
  /** Digests that enter the key. */
  readonly code: { readonly digest: string; readonly packages: string };
  /** Module → SHA-256 of its text. */
  readonly modules: Readonly<Record<string, string>>;
  /** Modules that may be loaded late in a run, because only an `import()` reaches them. */
  readonly lazy: readonly string[];
  /** Package with version → integrity. */
  readonly packages: Readonly<Record<string, string>>;
  /** The stage's own sentence. */
  readonly summary: string;
  /** Names of the parameters that it declares; `null` if its schema is no plain object. */
  readonly fields: readonly string[] | null;
  /** Those of them that say where something is found; in no key. */
  readonly locations: readonly string[];
}

/** A stage's module as it was at a point in time; lets a later run skip bundling. */
export interface StageModuleMemo {
  readonly module: StageModule;
  /** Milliseconds since 1970 at which the files were read. */
  readonly at: number;
  /** File relative to the project → size, times of modification and of change, SHA-256. */
  readonly files: Readonly<Record<string, readonly [number, number, number, string]>>;
}

/** Files that decide which package an import means. */
const CONFIG_FILES = ["deno.json", "deno.lock"];
/** A file changed so recently may change again within the clock's tick: its time proves nothing. */
const RACY_MILLISECONDS = 2000;

/**
 * Whether the files behind a memo are what they were; reads a file only if a time of it moved. That of
 * modification may be set to what it was, by `cp -p` or `rsync -t`, say; that of change may not.
 */
export function isCurrent(
  { at, files }: Pick<StageModuleMemo, "at" | "files">,
  project: string,
): boolean {
  return Object.entries(files).every(([file, [size, modified, changed, digest]]) => {
    const path = resolve(project, file);
    const info = statSync(path, { throwIfNoEntry: false });
    if (info?.size !== size) return false;
    const isOld = info.mtimeMs === modified && info.ctimeMs === changed &&
      Math.max(modified, changed) < at - RACY_MILLISECONDS;
    return isOld || sha256(readFileSync(path)) === digest;
  });
}

/**
 * Reads stage modules: bundles them, looks up their packages, loads what they declare.
 *
 * @param modules Absolute paths of modules.
 * @param project Absolute path of the folder with `deno.json` and `deno.lock`.
 * @returns For each module a memo, or the error that says why it cannot be a stage.
 */
export async function readStageModules(
  modules: readonly string[],
  project: string,
): Promise<Map<string, StageModuleMemo | Error>> {
  const at = Date.now();
  const bundles = await bundleModules(modules, project);
  const lock = readPackageLock(project);
  const read = async (module: string): Promise<StageModuleMemo | Error> => {
    const bundle = bundles.get(module)!;
    if (bundle instanceof BundleError) return bundle;
    try {
      const packages = reachablePackages(lock, bundle.packages);
      const stage = await loadStage(module);
      const own = bundle.modules.map((path) => [pathFrom(project, path), path]);
      const config = CONFIG_FILES.map((file) => [file, resolve(project, file)]);
      const files = [...own, ...config].map(([file, path]) => [file!, fingerprint(path!)] as const);
      return {
        at,
        files: Object.fromEntries(files),
        module: {
          code: { digest: codeDigest(bundle), packages: sha256(canonicalJson(packages)) },
          modules: Object.fromEntries(
            files.slice(0, own.length).map(([file, [, , , digest]]) => [file, digest]),
          ),
          lazy: bundle.lazy.map((path) => pathFrom(project, path)),
          packages,
          summary: stage.summary,
          fields: declaredFields(stage.parameters),
          locations: stage.locations ?? [],
        },
      };
    } catch (error) {
      if (error instanceof Error) return error;
      return new TypeError(`it throws ${inspect(error)} when it is loaded; throw an Error`);
    }
  };
  const results = modules.map(async (module) => [module, await read(module)] as const);
  return new Map(await Promise.all(results));
}

/** Code as a run planned it. */
export interface PlannedCode {
  /** Absolute path of the stage's module. */
  readonly module: string;
  /** Absolute path of the folder that names of modules are relative to. */
  readonly project: string;
  readonly digest: string;
  /** Module → SHA-256 of its text. */
  readonly modules: Readonly<Record<string, string>>;
}

/**
 * The modules whose text is not what it was planned to be, if that makes another program.
 *
 * A person may edit a file while a run goes on; what is computed then must not be published under
 * the key of the code before.
 *
 * @param names Which of the modules to look at.
 */
export async function changedCode(
  { module, project, digest, modules }: PlannedCode,
  names: readonly string[],
): Promise<string[]> {
  const changed = names.filter((name) => {
    const path = resolve(project, name);
    return !existsSync(path) || sha256(readFileSync(path)) !== modules[name];
  });
  if (changed.length === 0) return [];
  const bundle = (await bundleModules([module], project)).get(module)!;
  const isSame = !(bundle instanceof BundleError) && codeDigest(bundle) === digest;
  return isSame ? [] : changed;
}

/** The names that a schema declares; `null` if it takes something else than a plain object. */
export function declaredFields(schema: z.ZodType): string[] | null {
  const { properties, anyOf } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const all = [{ properties }, ...(anyOf ?? [])];
  const names = all.flatMap((each) =>
    Object.keys((each as { properties?: object }).properties ?? {})
  );
  return properties || anyOf ? [...new Set(names)] : null;
}

function codeDigest({ text, packages }: Bundle): string {
  return sha256(`basin-code/1\n${packages.join("\n")}\n\n${text}`);
}

function fingerprint(path: string): readonly [number, number, number, string] {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  return [size, mtimeMs, ctimeMs, sha256(readFileSync(path))];
}
