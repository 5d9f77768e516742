// A short slice; tests/long/fuzz_test.ts has the rest.
import assert from "node:assert/strict";
import { tryNames } from "./try_names.ts";
import { tryParsers } from "./try_parsers.ts";

Deno.test("every parser takes or refuses in plain words what nobody meant", async () => {
  const tried = await tryParsers(20170209, 6);
  for (const [name, count] of tried) assert.ok(count >= 40, `${name}: ${count}`);
});

Deno.test("every name that becomes a path is a fault or stays below the artifacts folder", () => {
  const taken = tryNames(20170209, 60);
  // Names that are taken show that the test reaches the paths.
  for (const [place, count] of taken) assert.ok(count > 0, place);
});
