import { locateNative } from "../../lib/engine/setup/location.ts";
import { assertNoGrowth } from "./memory_growth.ts";

Deno.test({
  name: "2 000 steps of a small C1 leave the process's memory as it was, tensorflow engine",
  ignore: locateNative() === undefined,
  fn: () => assertNoGrowth("tensorflow", { warmUp: 200, batch: 24 }),
});
