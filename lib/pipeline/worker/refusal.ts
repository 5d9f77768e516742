const DEEDS: Readonly<Record<string, string>> = {
  net: "use the network at",
  run: "start",
  ffi: "load native code from",
};

/** What to do about a refusal, by the right that the stage lacks. */
const ADVICE: Readonly<Record<string, (what: string) => string>> = {
  read: (what) =>
    "bind what it reads as an input, or, if it is no result of another stage, " +
    `declare \`allow: { read: [${what}] }\` at the stage`,
  write: (what) =>
    "write outputs at context.output(…), temporary files at Deno.makeTempFile(), or " +
    `declare \`allow: { write: [${what}] }\` at the stage`,
  net: (what) => `declare \`allow: { net: [${what}] }\` at the stage`,
  run: () => "do it in the stage's own code, for what programs do is in no key",
  ffi: () => "only a stage with `engine: true` may, for native code can reach anything",
};

/**
 * Says what a stage has to declare, from Deno's refusal; `undefined` if it is of another kind.
 *
 * @example
 * ```ts
 * import { refusalText } from "./refusal.ts";
 * import assert from "node:assert/strict";
 *
 * const text = refusalText('Requires net access to "example.org:443", run again with …');
 * assert.match(text!, /Cannot use the network at example\.org:443: .*net: \[example\.org\]/);
 * ```
 */
export function refusalText(message: string): string | undefined {
  const match = /^Requires (read|write|net|run|ffi) access to "([^"]+)"/.exec(message);
  if (!match) return undefined;
  const [, right, what] = match as unknown as [string, string, string];
  const declared = right === "net" ? what.replace(/:\d+$/, "") : what;
  return `Cannot ${DEEDS[right] ?? right} ${what}: the study does not declare it for this stage; ` +
    ADVICE[right]!(declared);
}
