import { unreadable } from "./byte_source.ts";

/** A series of frames, and what it is of. */
export interface Series {
  /** Row-major, shape [length, dimensions]. */
  readonly frames: Float32Array;
  /** Number of its class, in the order in which the file names them. */
  readonly label: number;
}

/** Series of one number of dimensions, in the order of the file. */
export interface TimeSeries {
  readonly dimensions: number;
  /** Names of the classes. */
  readonly classes: readonly string[];
  readonly series: readonly Series[];
}

/** What a header says, by its key in small letters. */
type Header = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the text format `.ts` of time series: comments, a header of `@key value` lines, `@data`, and
 * a line for each series. In it colons part the dimensions, commas the values in time, and the last
 * part is the class. Series may differ in length.
 *
 * Source: the file format of sktime and aeon, "Time series classification archives".
 *
 * @example Two series of two dimensions
 * ```ts
 * import { decodeTimeSeries } from "./time_series.ts";
 * import assert from "node:assert/strict";
 *
 * const text = "@dimensions 2\n@classLabel true ann bob\n@data\n1,2,3:4,5,6:bob\n7:8:ann\n";
 * const { series } = decodeTimeSeries("toy.ts", text);
 * assert.deepEqual(series.map(({ label }) => label), [1, 0]);
 * assert.deepEqual([...series[0]!.frames], [1, 4, 2, 5, 3, 6]);
 * ```
 *
 * @param name For messages: the file.
 * @throws {SyntaxError} If it has no classes or no series, has time stamps, or a line does not fit;
 *   the line is named.
 */
export function decodeTimeSeries(name: string, text: string): TimeSeries {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const data = lines.findIndex((line) => line.trim().toLowerCase() === "@data");
  if (data < 0) throw unreadable(name, "it has no line `@data`");
  const header = headerOf(lines.slice(0, data));
  if (header.get("timestamps")?.[0]?.toLowerCase() === "true") {
    throw unreadable(name, "its values have time stamps; want values alone");
  }
  const [isLabelled, ...classes] = header.get("classlabel") ?? [];
  if (isLabelled?.toLowerCase() !== "true" || classes.length === 0) {
    throw unreadable(name, "its header names no classes; want a line `@classLabel true …`");
  }
  const series: Series[] = [];
  let dimensions = Number(header.get("dimensions")?.[0] ?? NaN);
  for (const [i, line] of lines.entries()) {
    if (i <= data || line.trim() === "" || line.startsWith("#")) continue;
    const parts = line.trim().split(":");
    const label = classes.indexOf(parts.pop()!);
    const where = `line ${i + 1}`;
    if (label < 0) {
      throw unreadable(name, `${where} ends in no class; want one of ${classes.join(", ")}`);
    }
    if (Number.isNaN(dimensions)) dimensions = parts.length;
    if (parts.length !== dimensions || dimensions === 0) {
      throw unreadable(name, `${where} has ${parts.length} dimensions, want ${dimensions || 1}`);
    }
    series.push({ frames: framesOf(name, where, parts), label });
  }
  if (series.length === 0) throw unreadable(name, "it has no series below `@data`");
  return { dimensions, classes, series };
}

function headerOf(lines: readonly string[]): Header {
  return new Map(
    lines.filter((line) => line.startsWith("@")).map((line) => {
      const [key, ...values] = line.slice(1).trim().split(/\s+/);
      return [key!.toLowerCase(), values];
    }),
  );
}

/** The values of all dimensions, frame by frame. */
function framesOf(name: string, where: string, parts: readonly string[]): Float32Array {
  const values = parts.map((part) => part.split(","));
  const length = values[0]!.length;
  const frames = new Float32Array(length * parts.length);
  for (const [k, own] of values.entries()) {
    if (own.length !== length) {
      throw unreadable(
        name,
        `${where} has ${length} values in dimension 1 and ${own.length} in dimension ${k + 1}`,
      );
    }
    for (const [t, text] of own.entries()) {
      const value = text.trim() === "" ? NaN : Number(text);
      if (!Number.isFinite(value)) {
        throw unreadable(
          name,
          `${where} has ${JSON.stringify(text.slice(0, 40))} in dimension ${k + 1}; ` +
            "want a finite number",
        );
      }
      frames[t * parts.length + k] = value;
    }
  }
  return frames;
}
