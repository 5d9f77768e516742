// Needs npm and the package registry.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary_folder.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program; its caches are its folder's, but for the project, which keeps no cache. */
async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: { ...(cwd !== PROJECT && { XDG_CACHE_HOME: `${cwd}/cache` }), NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

Deno.test("the npm package, installed in an empty folder, measures a model", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const tarball = `${path}/basin.tgz`;
  await run(path, Deno.execPath(), "run", "-A", `${PROJECT}/tasks/package.ts`, "--out", tarball);
  await run(path, "npm", "init", "-y");
  await run(path, "npm", "install", tarball);
  assert.match(await run(path, "npx", "basin", "--help"), /Run a study in stages/);
  const golden = `${PROJECT}/tests/golden`;
  const weights = ["--weights", `${golden}/torch_dense.safetensors`, "--network", "mlp-norm:6,5"];
  const data = ["--data", `${golden}/torch_images.safetensors`, "--measures", "bits"];
  const said = await run(path, "npx", "basin", "measure", ...weights, ...data);
  assert.match(said, /f 0\.113154 nats, accuracy 95\.00 %/);
  await Deno.writeTextFile(
    `${path}/program.mts`,
    'import { sharpness } from "basin-sharpness";\n' +
      "export const options: Parameters<typeof sharpness>[2] = { epsilon: 1e-3 };\n",
  );
  await run(path, "npm", "install", "--save-dev", "typescript@6.0.3");
  const strictly = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
  await run(path, "npx", "tsc", ...strictly, "program.mts");
});
