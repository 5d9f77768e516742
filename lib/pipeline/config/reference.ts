/** References from an input to the output of another stage. */

/** Which cells of `stage`, and which of their outputs. */
export interface Reference {
  readonly stage: string;
  /** Axis → the label it is fixed to, or `*` where it is collected. */
  readonly selection: ReadonlyMap<string, string>;
  /** `[*]`: every axis that is not fixed is collected. */
  readonly collectsAll: boolean;
  readonly output: string;
}

const REFERENCE_REGEXP = /^([^\s.[\]]+)(?:\[([^[\]]*)\])?\.([^\s.[\]]+)$/;

/**
 * Parses `stage.output`, `stage[axis=label].output` and `stage[*].output`.
 *
 * Axes that both stages have are joined by label without being written. Of the rest, each must be
 * fixed (`[regime=SB]`) or collected (`[trial=*]`, or `[*]` for all that is not fixed).
 *
 * @example
 * ```ts
 * import { parseReference } from "./reference.ts";
 * import assert from "node:assert/strict";
 *
 * const { stage, selection, output } = parseReference("train[regime=SB].weights");
 * assert.deepEqual([stage, [...selection], output], ["train", [["regime", "SB"]], "weights"]);
 * assert.throws(() => parseReference("train"), SyntaxError);
 * ```
 *
 * @throws {SyntaxError} If the text is no reference.
 */
export function parseReference(text: string): Reference {
  const match = REFERENCE_REGEXP.exec(text.trim());
  const selection = new Map<string, string>();
  let collectsAll = false;
  if (!match) throw notAReference(text);
  const [, stage, inside, output] = match;
  for (const part of inside?.split(",") ?? []) {
    const [axis, label, ...rest] = part.split("=").map((side) => side.trim());
    if (axis === "*" && label === undefined) collectsAll = true;
    else if (!axis || !label || rest.length > 0 || selection.has(axis)) throw notAReference(text);
    else selection.set(axis, label);
  }
  return { stage: stage!, selection, collectsAll, output: output! };
}

/** Whether a reference gives several artifacts rather than one. */
export function collects({ selection, collectsAll }: Reference): boolean {
  return collectsAll || [...selection.values()].includes("*");
}

function notAReference(text: string): SyntaxError {
  return new SyntaxError(
    `Cannot read the input ${JSON.stringify(text.slice(0, 80))}; write ` +
      "`stage.output`, `stage[axis=label].output` or `stage[*].output`",
  );
}
