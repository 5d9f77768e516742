import type { Program } from "../graph/program.ts";

/** Values that cross an engine's border: float32 (float64 on the reference engine) or int32. */
export type NumericArray = Float32Array | Float64Array | Int32Array;

/**
 * Rows of a table, such as some examples of a data set. An engine with a memory of its own copies the
 * table there once a session, and gathers from it; others gather from the array itself.
 */
export interface Rows {
  /** Row-major. It is borrowed, and must not change, for as long as the session lives. */
  readonly table: NumericArray;
  /** Entries of a row. */
  readonly width: number;
  /** Which rows, in which order; shape [size]. */
  readonly indices: Int32Array;
}

/** What a placeholder is given: all its entries, or rows of a table that hold as many. */
export type Feed = NumericArray | Rows;

/** Runs a program's functions, and holds its variables between the runs. */
export interface Session extends AsyncDisposable {
  /**
   * Runs one function: feeds in, outputs back, updates applied.
   *
   * @param feeds A value for each placeholder that the function reads, by name. The arrays are
   * borrowed and must not change until the promise resolves.
   * @returns The outputs, by name, in arrays that the caller owns.
   * @throws {TypeError} If a feed is missing or has the wrong number of entries.
   * @throws {RangeError} If a table has no row of an index.
   */
  run(
    functionName: string,
    feeds?: Readonly<Record<string, Feed>>,
  ): Promise<Record<string, NumericArray>>;
  /** Sets variables, by name. Variables that were never set must not be read. */
  assign(values: Readonly<Record<string, NumericArray>>): Promise<void>;
  /** Values of variables, by name, in arrays that the caller owns. */
  read(names: readonly string[]): Promise<Record<string, NumericArray>>;
}

/** What the numbers were computed with; it enters the key of every stage that computes. */
export interface EngineDescription {
  /** `tensorflow`, `portable`, `xla` or `reference`. */
  readonly name: string;
  /** Of the library that computes. */
  readonly version: string;
  /** Threads within one op. Another number gives another, equally stable rounding. */
  readonly threads: number;
  /** Whatever else changes bits. */
  [property: string]: string | number;
}

/** Somewhere to run graphs. */
export interface Engine {
  /** What enters the keys of results. */
  readonly description: EngineDescription;
  /**
   * Loads a program as a session of its own, with variables of its own.
   *
   * @throws {TypeError} If the program is at odds with itself: see `checkProgram()`.
   */
  load(program: Program): Promise<Session>;
}
