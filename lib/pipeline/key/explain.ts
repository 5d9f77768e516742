/** Why a key differs from the one before. */
import { compareCodeUnits } from "./canonical.ts";
import type { Preimage } from "./preimage.ts";

/** What lies beside a result: what its key was made of, and the files behind the code's digest. */
export interface KeyDocument {
  readonly preimage: Preimage;
  /** Module → SHA-256 of its text, comments included; for explanations only. */
  readonly modules: Readonly<Record<string, string>>;
  /** Package with version → its integrity. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * The differences between two keys, most telling first; none if the keys are equal.
 *
 * @example
 * ```ts
 * import { explain, type KeyDocument } from "./explain.ts";
 * import assert from "node:assert/strict";
 *
 * const at = (epochs: number): KeyDocument => ({
 *   preimage: {
 *     schema: 1,
 *     code: { digest: "c", packages: "p" },
 *     params: { epochs },
 *     inputs: {},
 *     outputs: {},
 *     runtime: { deno: "2", v8: "14", os: "linux", arch: "x86_64" },
 *   },
 *   modules: {},
 *   packages: {},
 * });
 * assert.deepEqual(explain(at(50), at(20)), ["params.epochs: 50 -> 20"]);
 * ```
 */
export function explain(before: KeyDocument, after: KeyDocument): string[] {
  const [old, now] = [before.preimage, after.preimage];
  const reasons: string[] = [];
  if (old.schema !== now.schema) reasons.push("the form of keys changed");
  if (old.code.digest !== now.code.digest) {
    const files = changedKeys(before.modules, after.modules);
    const shown = files.slice(0, 3).join(", ") + (files.length > 3 ? ", …" : "");
    reasons.push(`code: ${shown || "the bundler's output"} changed`);
  }
  if (old.code.packages !== now.code.packages) {
    const names = changedKeys(before.packages, after.packages);
    reasons.push(`packages: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`);
  }
  reasons.push(...differences("params", old.params, now.params));
  for (const name of changedKeys(old.inputs, now.inputs)) {
    if (!Object.hasOwn(old.inputs, name)) reasons.push(`inputs.${name}: new`);
    else if (!Object.hasOwn(now.inputs, name)) reasons.push(`inputs.${name}: gone`);
    else reasons.push(`inputs.${name}: other content`);
  }
  reasons.push(...differences("outputs", old.outputs, now.outputs));
  reasons.push(...differences("runtime", old.runtime, now.runtime));
  reasons.push(...differences("engine", old.engine ?? {}, now.engine ?? {}));
  reasons.push(...differences("env", old.env ?? {}, now.env ?? {}));
  return reasons;
}

/** Modules whose text changed while the code's digest did not: comments, types, dead code. */
export function ineffectiveEdits(before: KeyDocument, after: KeyDocument): string[] {
  if (before.preimage.code.digest !== after.preimage.code.digest) return [];
  return changedKeys(before.modules, after.modules);
}

/** A part of a key and its values on both sides; `undefined` where one side has none. */
export interface KeyDifference {
  readonly what: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Every part in which what two keys were made of differs. */
export function differencesBetween(a: KeyDocument, b: KeyDocument): KeyDifference[] {
  const [left, right] = [a.preimage, b.preimage];
  // Files and packages explain a difference in the digests; without one they say nothing.
  const isSameCode = left.code.digest === right.code.digest;
  const isSamePackages = left.code.packages === right.code.packages;
  const partsOf = ({ preimage, modules, packages }: KeyDocument): Record<string, unknown> => ({
    ...flat("params", preimage.params),
    ...flat("inputs", preimage.inputs),
    ...flat("code", isSameCode ? {} : { digest: preimage.code.digest, ...modules }),
    ...flat("packages", isSamePackages ? {} : packages),
    ...flat("outputs", preimage.outputs),
    ...flat("runtime", preimage.runtime),
    ...flat("engine", preimage.engine ?? {}),
    ...flat("env", preimage.env ?? {}),
  });
  const [before, after] = [partsOf(a), partsOf(b)];
  return changedKeys(before, after).map((what) => ({ what, a: before[what], b: after[what] }));
}

function flat(prefix: string, values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}

function differences(prefix: string, before: object, after: object): string[] {
  return changedKeys(before, after).map((name) => {
    const [old, now] = [before, after].map((side) =>
      Object.hasOwn(side, name)
        ? JSON.stringify((side as Record<string, unknown>)[name])
        : "not given"
    );
    return `${prefix}.${name}: ${old} -> ${now}`;
  });
}

function changedKeys(before: object, after: object): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const text = (side: object, name: string) =>
    JSON.stringify((side as Record<string, unknown>)[name]);
  return [...names].filter((name) => text(before, name) !== text(after, name))
    .sort(compareCodeUnits);
}
