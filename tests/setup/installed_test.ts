import assert from "node:assert/strict";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { THIS_SYSTEM } from "../../lib/engine/setup/system.ts";
import { tryAddon } from "../../lib/engine/setup/try_addon.ts";

const native = locateNative();

Deno.test({
  name: "the installed native engine loads, computes and names its version",
  ignore: native === undefined, // Set-up then said why, and the portable engine is tested instead.
  fn: async () => {
    assert.equal(await tryAddon(THIS_SYSTEM, native!.addonPath), native!.libraryVersion);
  },
});
