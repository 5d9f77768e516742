import { leafName } from "../../graph/ops/leaf.ts";
import type { GraphFunction } from "../../graph/program.ts";
import type { Value } from "../../graph/value.ts";
import type { Feed } from "../engine.ts";
import { isRows } from "../rows.ts";
import { emitFunction, type EmitOptions, type EmittedFunction, type TableShape } from "./emit.ts";
import type { LoadedProgram } from "./pjrt.ts";

/** A function as it is run for one way of feeding it. */
export interface Variant {
  readonly emitted: EmittedFunction;
  /** Once it has been compiled. */
  loaded: LoadedProgram | undefined;
}

/** A function of a program, with the program that gathers for each set of tables it is fed from. */
export class FunctionVariants {
  readonly name: string;
  readonly placeholders: readonly Value[];
  readonly #fn: GraphFunction;
  readonly #options: EmitOptions;
  readonly #plain: Variant;
  readonly #gathering = new Map<string, Variant>();

  /** @throws {TypeError} If an op has no rule for StableHLO. */
  constructor(name: string, fn: GraphFunction, options: EmitOptions) {
    this.name = name;
    this.#fn = fn;
    this.#options = options;
    this.#plain = { emitted: emitFunction(name, fn, options), loaded: undefined };
    this.placeholders = this.#plain.emitted.inputs.filter(({ op }) => op.name === "placeholder");
  }

  /** The variant that takes such feeds, which have been checked. */
  takes(feeds: Readonly<Record<string, Feed>>): Variant {
    const tables = this.placeholders.flatMap((leaf) => {
      const feed = feeds[leafName(leaf)]!;
      if (!isRows(feed)) return [];
      const { table, width } = feed;
      return [[leaf, { rows: table.length / width, width } satisfies TableShape] as const];
    });
    if (tables.length === 0) return this.#plain;
    const key = JSON.stringify(tables.map(([leaf, shape]) => [leafName(leaf), shape]));
    let variant = this.#gathering.get(key);
    if (variant === undefined) {
      const emitted = emitFunction(this.name, this.#fn, this.#options, new Map(tables));
      this.#gathering.set(key, variant = { emitted, loaded: undefined });
    }
    return variant;
  }

  /** What has been compiled. */
  loaded(): LoadedProgram[] {
    return [this.#plain, ...this.#gathering.values()].flatMap(({ loaded }) => loaded ?? []);
  }
}
