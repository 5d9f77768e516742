import assert from "node:assert/strict";
import { countsLine, readSummary, testArguments } from "../../tasks/test.ts";

Deno.test("readSummary() reads the last summary, coloured or not", () => {
  const coloured =
    "\x1b[0m\x1b[32mok\x1b[0m | 8 passed (2 steps) | 0 failed \x1b[38;5;245m(4ms)\x1b[0m";
  assert.deepEqual(readSummary(`${coloured}\n`), { passed: 8, failed: 0, skipped: 0 });
  const failed =
    "ok | 3 passed | 0 failed (1ms)\n\nFAILED | 7 passed | 2 failed | 1 ignored (1s)\n";
  assert.deepEqual(readSummary(failed), { passed: 7, failed: 2, skipped: 1 });
  assert.equal(readSummary("error: Type checking failed.\n"), undefined);
  assert.equal(readSummary("note: ok | 3 passed | 0 failed\n"), undefined);
});

Deno.test("countsLine() names skipped tests only if there are any", () => {
  assert.equal(countsLine({ passed: 7, failed: 2, skipped: 0 }), "7 passed, 2 failed");
  assert.equal(countsLine({ passed: 7, failed: 0, skipped: 1 }), "7 passed, 0 failed, 1 skipped");
});

Deno.test("testArguments() runs all but the long tests unless paths are named", () => {
  const always = ["test", "-A", "--doc", "--trace-leaks"];
  const everything = ["--ignore=tests/long", "tests", "lib", "tasks"];
  assert.deepEqual(testArguments([]), [...always, ...everything]);
  const filtered = ["--filter", "box", "--fail-fast"];
  assert.deepEqual(testArguments(filtered), [...always, ...filtered, ...everything]);
  assert.deepEqual(testArguments(["tests/setup"]), [...always, "tests/setup"]);
});
