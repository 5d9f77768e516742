import { assertNoGrowth } from "../engine/memory_growth.ts";

// WebAssembly's memory grows in a few large pieces until the free ones fit; here for 600 steps. A step's
// intermediate values alone are over 20 kB.
Deno.test("2 000 steps of a small C1 leave the process's memory as it was, portable engine", () =>
  assertNoGrowth("portable", { warmUp: 1000, batch: 4 }));
