/** Remembers what stage modules were, so that a run without changes bundles and loads nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathFrom } from "../key/bundle.ts";
import { isCurrent, type StageModuleMemo } from "../key/stage_module.ts";
import { replaceFile } from "../store/atomic.ts";
import type { Layout } from "../store/layout.ts";
import { seal, unseal } from "../store/sealed.ts";

/** What is remembered of one module. */
export interface ModuleMemo extends StageModuleMemo {
  /** Digests of parameter sets that the module's schema has taken. */
  readonly valid: Set<string>;
}

/** A set is an array in JSON. */
type Written = StageModuleMemo & { readonly valid: readonly string[] };

interface MemoFile {
  readonly schema: number;
  readonly modules: Readonly<Record<string, Written>>;
}

/** Raised when the meaning of the file changes. */
const SCHEMA = 4;

/** Reads the memo; only an optimisation, so anything odd counts as nothing. */
export function readModuleMemo(
  layout: Layout,
  modules: readonly string[],
  project: string,
): Map<string, ModuleMemo> {
  const memo = new Map<string, ModuleMemo>();
  try {
    // Sealed: with a wrong digit in it, a parameter might be left out of a key.
    const read = unseal(readFileSync(join(layout.memo, "stages.json"), "utf8")) as MemoFile;
    if (read.schema !== SCHEMA) return memo;
    for (const module of modules) {
      const known: Written | undefined = read.modules[pathFrom(project, module)];
      if (!known || !Array.isArray(known.valid) || !isCurrent(known, project)) continue;
      memo.set(module, { ...known, valid: new Set(known.valid) });
    }
  } catch {
    return memo;
  }
  return memo;
}

/** Writes the memo for the next run. */
export function writeModuleMemo(
  layout: Layout,
  memo: ReadonlyMap<string, ModuleMemo>,
  project: string,
): void {
  const modules = Object.fromEntries(
    [...memo].map(([module, known]) =>
      [pathFrom(project, module), { ...known, valid: [...known.valid] }] as const
    ),
  );
  const file: MemoFile = { schema: SCHEMA, modules };
  replaceFile(layout, join(layout.memo, "stages.json"), seal(file));
}
