/** What a key is made of. */
import type { Json } from "../config/study.ts";
import { canonicalJson, sha256 } from "./canonical.ts";

/** The content of one input artifact: its digest, and whether its producer diverged. */
export interface InputContent {
  /** `blob:<sha256>` of a file or `tree:<sha256>` of a folder. */
  readonly digest: string;
  readonly status: "ok" | "diverged";
}

/** A collected artifact; which cell made it is part of what the stage sees, so it counts. */
export interface CollectedContent extends InputContent {
  readonly cell: Readonly<Record<string, string>>;
}

/** What the computation runs on. */
export interface Runtime {
  readonly deno: string;
  readonly v8: string;
  readonly os: string;
  readonly arch: string;
}

/** The compute engine, as its own module describes it. */
export type EngineFacts = Readonly<Record<string, string | number>>;

/**
 * Everything that a cell's result may depend on, and nothing else.
 *
 * Not in it: names of stages and cells, paths, clock, host, resources of stages that do not
 * compute, the order of the YAML.
 */
export interface Preimage {
  /** Raised when the meaning of a field changes. */
  readonly schema: 1;
  readonly code: {
    /** SHA-256 of the minified bundle of the stage's own modules. */
    readonly digest: string;
    /** SHA-256 over names, versions and integrities of the packages that it reaches. */
    readonly packages: string;
  };
  /** The parameters that the stage declares, but for those that say where something is found. */
  readonly params: Readonly<Record<string, Json>>;
  readonly inputs: Readonly<Record<string, InputContent | readonly CollectedContent[]>>;
  /** Output name → path; a trailing `/` marks a folder. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly runtime: Runtime;
  /** Of stages with `engine: true`. */
  readonly engine?: EngineFacts;
  /** Environment variables that the stage declares, by name; `null` where one is not set. */
  readonly env?: Readonly<Record<string, string | null>>;
}

/** The key of a preimage: 64 hex digits. */
export function keyOf(preimage: Preimage): string {
  return sha256(`basin-key/1\n${canonicalJson(preimage)}`);
}

/** The runtime of this process, which its workers share. */
export function thisRuntime(): Runtime {
  const { deno, v8 } = Deno.version;
  return { deno, v8, os: Deno.build.os, arch: Deno.build.arch };
}
