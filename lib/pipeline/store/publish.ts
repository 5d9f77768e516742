/** From what a stage wrote to a published result. */
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { createFile } from "./atomic.ts";
import type { Attempt } from "./attempt.ts";
import type { Layout } from "./layout.ts";
import { listFiles, putFile, putFolder } from "./objects.ts";
import { type OutputRecord, readRecord, recordText, type ResultRecord } from "./record.ts";

/** An output as a worker knows it. */
export interface OutputPlace {
  readonly name: string;
  /** Relative to the attempt's `work/`. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

/**
 * Checks that a stage wrote what it declared and nothing else.
 *
 * @throws {TypeError} If an output is missing, of the wrong kind, or not declared.
 */
export function checkOutputs({ work }: Attempt, outputs: readonly OutputPlace[]): void {
  for (const { name, path, kind } of outputs) {
    const place = join(work, path);
    if (!existsSync(place)) {
      throw new TypeError(
        `Cannot publish output \`${name}\`: the stage did not write ${path}; ` +
          `write it at context.output("${name}")`,
      );
    }
    const info = lstatSync(place);
    if (kind === "file" ? info.isFile() : info.isDirectory()) continue;
    throw new TypeError(
      `Cannot publish output \`${name}\`: ${path} is no ${kind}; ` +
        "a path that ends in / in the YAML declares a folder, any other a file",
    );
  }
  const extra = listFiles(work).find((file) =>
    !outputs.some(({ path, kind }) => kind === "file" ? file === path : file.startsWith(`${path}/`))
  );
  if (extra !== undefined) {
    throw new TypeError(
      `Cannot publish ${extra}: no output is declared there; declare it in the YAML`,
    );
  }
}

/** What {@link publish} did. */
export interface Publication {
  /** The published record: ours, or another worker's that was first. */
  readonly record: ResultRecord;
  /** Outputs in which ours differs from a first one. */
  readonly nondeterministic: readonly string[];
}

/**
 * Publishes a result: all objects first, then the record by one atomic link.
 *
 * Killed at any moment, it leaves either no result or the whole one. Where another worker was
 * first, its result stands.
 */
export function publish(
  layout: Layout,
  attempt: Attempt,
  outputs: readonly OutputPlace[],
  result: Pick<ResultRecord, "key" | "status" | "reason" | "seconds">,
): Publication {
  const published: Record<string, OutputRecord> = {};
  for (const { name, path, kind } of outputs) {
    const place = join(attempt.work, path);
    published[name] = kind === "file" ? putFile(layout, place) : putFolder(layout, place);
  }
  const record: ResultRecord = {
    schema: 1,
    ...result,
    outputs: published,
    attempt: attempt.id,
  };
  const isFirst = createFile(layout, layout.record(result.key), recordText(record));
  const first = isFirst ? record : readRecord(layout, result.key);
  if (first === undefined || first === "damaged") {
    throw new Error(`Cannot read the record of ${result.key}, published a moment ago; run again`);
  }
  const nondeterministic = Object.keys(published)
    .filter((name) => published[name]!.digest !== first.outputs[name]?.digest);
  return { record: first, nondeterministic };
}
