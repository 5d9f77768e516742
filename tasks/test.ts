/**
 * `deno task test`: all tests and the examples in the docs, ended by one plain line with the counts.
 *
 * Further arguments go to `deno test`: a path instead of all, `--filter <text>`, `--fail-fast`.
 */

/** What `deno test` counted. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Tests marked as ignored. */
  readonly skipped: number;
}

/** Options of `deno test` whose value may follow as an argument of its own. */
const OPTIONS_WITH_VALUE = new Set(["--filter", "--reporter", "--junit-path", "--ignore"]);

/**
 * Reads the summary that `deno test` ends with, or `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { readSummary } from "./test.ts";
 * import assert from "node:assert/strict";
 *
 * const counts = readSummary("ok | 8 passed (2 steps) | 0 failed | 1 ignored (4ms)\n");
 * assert.deepEqual(counts, { passed: 8, failed: 0, skipped: 1 });
 * ```
 */
export function readSummary(output: string): TestCounts | undefined {
  // deno-lint-ignore no-control-regex -- colours, where the output is a terminal
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const summary = plain.split("\n").findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line));
  if (summary === undefined) return undefined;
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

/** The last line: `N passed, N failed`, and `, N skipped` if there are any. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : "");
}

/** The arguments of `deno`: all but the long tests unless the user names paths. */
export function testArguments(args: readonly string[]): string[] {
  const namesPath = args.some((arg, i) =>
    !arg.startsWith("-") && !OPTIONS_WITH_VALUE.has(args[i - 1] ?? "")
  );
  // Deno 2.9 ignores within the first path only, so that is where the long tests must be.
  const paths = namesPath ? [] : ["--ignore=tests/long", "tests", "lib", "tasks"];
  return ["test", "-A", "--doc", "--trace-leaks", ...args, ...paths];
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);

async function main(args: readonly string[]): Promise<number> {
  const isTerminal = Deno.stdout.isTerminal();
  const colour: Record<string, string> = isTerminal && !Deno.env.get("NO_COLOR")
    ? { FORCE_COLOR: "1" } // deno writes into our pipe, but a person reads it
    : { NO_COLOR: "1" };
  const child = new Deno.Command(Deno.execPath(), {
    args: testArguments(args),
    env: { TF_CPP_MIN_LOG_LEVEL: "3", TF_NUM_INTRAOP_THREADS: "2", ...colour },
    stdout: "piped",
  }).spawn();
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    for (let start = 0; start < chunk.length;) {
      start += Deno.stdout.writeSync(chunk.subarray(start));
    }
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-10_000);
  }
  const { code } = await child.status;
  // No summary: the tests did not run at all, for instance because they do not type-check.
  const counts = readSummary(tail) ?? { passed: 0, failed: 1, skipped: 0 };
  Deno.stdout.writeSync(new TextEncoder().encode(`${countsLine(counts)}\n`));
  if (code !== 0) return code;
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}
