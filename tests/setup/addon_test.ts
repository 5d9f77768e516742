import assert from "node:assert/strict";
import { compileAddon, findCompiler } from "../../lib/engine/setup/addon.ts";
import { addonPackages, sourceDigest } from "../../lib/engine/setup/packages.ts";
import { ADDON_SOURCE_SHA256 } from "../../lib/engine/setup/release.ts";
import { THIS_SYSTEM } from "../../lib/engine/setup/system.ts";
import { tryAddon } from "../../lib/engine/setup/try_addon.ts";
import { ended, fakeSystem } from "../support/fake_system.ts";

const PACKAGES = { tfjsNode: "/tfjs-node", nodeHeaders: "/headers" };
const TARGET = {
  include: "/include",
  libraries: "/lib",
  link: ["-l:libtensorflow_cc.so.2"],
  runtimePath: "../lib",
  output: "/addon.node",
};

Deno.test("findCompiler() prefers CXX, which may carry arguments", async () => {
  await using system = await fakeSystem();
  await system.addCommand("clang++", () => ended(0));
  assert.deepEqual(findCompiler(system), ["clang++"]);
  await system.addCommand("g++", () => ended(0));
  assert.deepEqual(findCompiler(system), ["g++"]);
  system.variables.CXX = " ccache  g++-14 ";
  assert.deepEqual(findCompiler(system), ["ccache", "g++-14"]);
});

Deno.test("compileAddon() makes one compiler call with a relative run path", async () => {
  await using system = await fakeSystem();
  await system.addCommand("ccache", () => ended(0));
  await compileAddon(system, ["ccache", "g++"], PACKAGES, TARGET, system.cache);
  assert.equal(
    system.calls.join(),
    "ccache g++ -O2 -std=c++17 -fPIC -shared -DNAPI_VERSION=8 -DBUILDING_NODE_EXTENSION " +
      "-I/headers -I/include /tfjs-node/binding/tfjs_backend.cc /tfjs-node/binding/tfjs_binding.cc " +
      "-o /addon.node -L/lib -l:libtensorflow_cc.so.2 -Wl,-rpath,$ORIGIN/../lib",
  );
});

Deno.test("compileAddon() quotes the compiler's errors, else its last lines", async () => {
  await using system = await fakeSystem();
  const compile = () => compileAddon(system, ["g++"], PACKAGES, TARGET, system.cache);
  await assert.rejects(compile, /^SetupFailure: Cannot compile the addon: g\+\+ is not a command/);
  const output = "a\nx.cc:1: error: no C++17\ncompilation stopped\n";
  await system.addCommand("g++", () => ended(1, output));
  await assert.rejects(compile, /g\+\+ failed \(exit code 1\): x\.cc:1: error: no C\+\+17;/);
  await system.addCommand("g++", () => ended(4, "a\nb\n\nc\nd\n"));
  await assert.rejects(compile, /g\+\+ failed \(exit code 4\): b \| c \| d;/);
  await system.addCommand("g++", () => ended(1, "fatal error: No space left on device"));
  await assert.rejects(compile, /free 2 GB below/);
});

Deno.test("addonPackages() are the pinned version", async () => {
  const { tfjsNode } = await addonPackages(THIS_SYSTEM);
  assert.equal(await sourceDigest(`${tfjsNode}/binding`), ADDON_SOURCE_SHA256);
});

Deno.test("addonPackages() installs missing packages, and refuses other versions", async () => {
  await using system = await fakeSystem();
  const packages = new Map<string, string>();
  const fresh = { ...system, packageFolder: (name: string) => packages.get(name) };
  await system.addCommand("deno", () => ended(1, "error: no registry\n"));
  await assert.rejects(addonPackages(fresh), /Cannot install the npm packages: error: no registry/);
  await system.addCommand("deno", async () => {
    await Deno.mkdir(`${system.root}/tfjs-node/binding`, { recursive: true });
    await Deno.writeTextFile(`${system.root}/tfjs-node/binding/tfjs_binding.cc`, "// altered");
    packages.set("@tensorflow/tfjs-node", `${system.root}/tfjs-node`);
    packages.set("node-api-headers", `${system.root}/headers`);
    return ended(0);
  });
  await assert.rejects(
    addonPackages(fresh),
    /has digest .*, not the pinned .* of version 4\.22\.0/,
  );
});

Deno.test("tryAddon() believes only a library that answers", async () => {
  await using system = await fakeSystem();
  await system.addCommand("deno", () => ended(0, "some warning\ntrial passed: 2.21.0\n"));
  assert.equal(await tryAddon(system, "/addon.node"), "2.21.0");
  await system.addCommand("deno", () => ended(139));
  await assert.rejects(tryAddon(system, "/addon.node"), /the trial ended with exit code 139/);
  await system.addCommand("deno", () => ended(1, "at x\nError: GLIBC_2.27 not found\n"));
  await assert.rejects(tryAddon(system, "/addon.node"), /Error: GLIBC_2\.27 not found/);
});

Deno.test("tryAddon() of a file that is no addon", async () => {
  const path = await Deno.makeTempFile({ suffix: ".node" });
  try {
    await assert.rejects(tryAddon(THIS_SYSTEM, path), /Cannot load the compiled addon: .*rror/);
  } finally {
    await Deno.remove(path);
  }
});
