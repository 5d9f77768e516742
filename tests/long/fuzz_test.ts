// `BASIN_FUZZ_SEED` and `BASIN_FUZZ_COUNT` choose other mutants and more of them.
import assert from "node:assert/strict";
import { tryNames } from "../fuzz/try_names.ts";
import { tryParsers } from "../fuzz/try_parsers.ts";

const SEED = Number(Deno.env.get("BASIN_FUZZ_SEED") ?? 1);
const COUNT = Number(Deno.env.get("BASIN_FUZZ_COUNT") ?? 300);

Deno.test("thousands of mutants of every format end in plain words or in a result", async () => {
  const tried = await tryParsers(SEED, COUNT);
  for (const [name, count] of tried) assert.ok(count >= 7 * COUNT, `${name}: ${count}`);
});

Deno.test("thousands of names in every place lead nowhere but below the artifacts folder", () => {
  for (const [place, count] of tryNames(SEED, 20 * COUNT)) assert.ok(count > 0, place);
});
