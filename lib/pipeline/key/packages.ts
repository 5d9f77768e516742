/** Which packages a program reaches, according to `deno.lock`. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** What of `deno.json` and `deno.lock` decides which package an import means. */
export interface PackageLock {
  /** Name in an import → `npm:…` specifier. */
  readonly imports: Readonly<Record<string, string>>;
  /** `npm:zod@4.6.7` → the version it stands for. */
  readonly specifiers: Readonly<Record<string, string>>;
  /** `zod@4.6.7` → its integrity and what it needs. */
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** One package in the lock file. */
export interface LockedPackage {
  readonly integrity?: string;
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
}

/** Reads `deno.json` and `deno.lock` of a project. @throws {SyntaxError} If they are not JSON. */
export function readPackageLock(project: string): PackageLock {
  const read = (file: string) => JSON.parse(readFileSync(resolve(project, file), "utf8"));
  const { imports = {} } = read("deno.json");
  const { specifiers = {}, npm = {} } = read("deno.lock");
  return { imports, specifiers, npm };
}

/**
 * Integrities of all packages that the imports reach, directly or not.
 *
 * @param imports As written in the code: `zod`, `zod/mini`, `npm:yaml@2`, `node:fs`.
 * @returns Package with version → integrity.
 * @throws {RangeError} If an import is in neither the import map nor the lock file.
 */
export function reachablePackages(
  lock: PackageLock,
  imports: readonly string[],
): Record<string, string> {
  const reached: Record<string, string> = {};
  const visit = (name: string) => {
    if (Object.hasOwn(reached, name)) return;
    const locked = lock.npm[name]!;
    reached[name] = locked.integrity ?? "";
    const needs = [...locked.dependencies ?? [], ...locked.optionalDependencies ?? []];
    for (const need of needs) {
      const found = findPackage(lock, need);
      if (found) visit(found); // An optional package may be left out of the lock file.
    }
  };
  for (const specifier of imports) {
    if (specifier.startsWith("node:")) continue; // Part of Deno, whose version is in the key.
    const name = resolveImport(lock, specifier);
    if (!name) {
      throw new RangeError(
        `Cannot find the package "${specifier}" in deno.lock; ` +
          "add it to the imports in deno.json and run `deno install`",
      );
    }
    visit(name);
  }
  return reached;
}

/** The locked package that an import means. */
function resolveImport(lock: PackageLock, specifier: string): string | undefined {
  const mapped = Object.keys(lock.imports)
    .filter((name) => specifier === name || specifier.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  const wanted = mapped === undefined ? specifier : lock.imports[mapped]!;
  const [, name, range] = /^npm:\/?((?:@[^/@]+\/)?[^/@]+)(@[^/]+)?/.exec(wanted) ?? [];
  if (!name) return undefined;
  const version = lock.specifiers[`npm:${name}${range ?? ""}`] ??
    lock.specifiers[`npm:${name}@*`];
  return version && findPackage(lock, `${name}@${version}`);
}

/** A dependency is written without its version where the lock file holds only one. */
function findPackage(lock: PackageLock, need: string): string | undefined {
  const name = need.replace(/^.+@npm:/, "");
  if (Object.hasOwn(lock.npm, name)) return name;
  const versions = Object.keys(lock.npm).filter((known) => known.startsWith(`${name}@`));
  return versions.length === 1 ? versions[0] : undefined;
}
