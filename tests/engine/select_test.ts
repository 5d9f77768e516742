import assert from "node:assert/strict";
import { engineDescription } from "../../lib/engine/description.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";

/** Runs the body with BASIN_ENGINE set, and then sets it back. */
async function asking(engine: string, body: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("BASIN_ENGINE");
  Deno.env.set("BASIN_ENGINE", engine);
  try {
    await body();
  } finally {
    if (before === undefined) Deno.env.delete("BASIN_ENGINE");
    else Deno.env.set("BASIN_ENGINE", before);
  }
}

const ENGINES = {
  tensorflow: "tensorflow",
  portable: "portable",
  wasm: "portable",
  cpu: "portable",
};

for (const [choice, name] of Object.entries(ENGINES)) {
  Deno.test({
    name: `selectEngine() gives what ${choice} means, described as engineDescription() foretells`,
    ignore: name === "tensorflow" && locateNative() === undefined,
    fn: () =>
      asking(choice, async () => {
        const { description } = await selectEngine();
        assert.equal(description.name, name);
        const backend = { portable: "wasm", tensorflow: undefined }[choice] ?? choice;
        if (name === "portable") assert.equal(description.backend, backend);
        assert.deepEqual(description, engineDescription());
      }),
  });
}

Deno.test("selectEngine() refuses engines that it does not know", async () => {
  await asking("abacus", () => assert.rejects(selectEngine, { name: "RangeError" }));
});
