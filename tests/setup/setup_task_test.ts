import assert from "node:assert/strict";

const TASK = new URL("../../tasks/setup.ts", import.meta.url).pathname;

/** Runs the task where nothing can be installed: its cache folder would lie below a file. */
async function setup(args: readonly string[], env: Record<string, string> = {}) {
  const file = await Deno.makeTempFile();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", TASK, ...args],
      env: { BASIN_ENGINE: "", BASIN_CACHE: `${file}/cache`, ...env },
    }).output();
    const text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("setup --help explains the options and the cache folder", async () => {
  const { code, stdout } = await setup(["--help"]);
  assert.equal(code, 0);
  for (const word of ["--engine", "--retry", "--json", "BASIN_CACHE", "XDG_CACHE_HOME"]) {
    assert.ok(stdout.includes(word), word);
  }
});

Deno.test("setup rejects unknown options and engines with exit code 2", async () => {
  const option = await setup(["--retri"]);
  assert.equal(option.code, 2);
  assert.match(option.stderr, /--retri[^]*deno task setup \[options\]/);
  const engine = await setup(["--engine", "abacus"]);
  assert.equal(engine.code, 2);
  assert.match(
    engine.stderr,
    /Cannot install the engine "abacus"; choose native, portable, cuda, rocm, tpu or xla-cpu/,
  );
  const variable = await setup([], { BASIN_ENGINE: "abacus" });
  assert.equal(variable.code, 2);
  assert.match(variable.stderr, /Cannot choose the engine BASIN_ENGINE=abacus/);
});

Deno.test("setup falls back with one line and exit code 0, unless native is demanded", async () => {
  const { code, stdout } = await setup([]);
  assert.equal(code, 0);
  assert.match(stdout, /^engine: portable \(slower\)\. Cannot use the cache folder: [^\n]+\n$/);
  assert.equal((await setup(["--engine", "native"])).code, 1);
  assert.equal((await setup([], { BASIN_ENGINE: "tensorflow" })).code, 1);
});

Deno.test("setup --json prints the installation on stdout and nothing else", async () => {
  const { code, stdout, stderr } = await setup(["--json", "--engine", "portable"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const installation = JSON.parse(stdout);
  assert.equal(installation.kind, "portable");
  assert.equal(installation.reasons[0].why, "the portable engine was asked for");
});
