import assert from "node:assert/strict";
import { canonicalJson, sha256 } from "../../../lib/pipeline/key/canonical.ts";
import { explain, ineffectiveEdits, type KeyDocument } from "../../../lib/pipeline/key/explain.ts";
import { keyOf, type Preimage } from "../../../lib/pipeline/key/preimage.ts";
import { type PackageLock, reachablePackages } from "../../../lib/pipeline/key/packages.ts";

const PREIMAGE: Preimage = {
  schema: 1,
  code: { digest: "code", packages: "packages" },
  params: { eps: 1e-3, name: "F1" },
  inputs: { weights: { digest: "blob:1", status: "ok" } },
  outputs: { metrics: "metrics.json" },
  runtime: { deno: "2.9.6", v8: "15", os: "linux", arch: "x86_64" },
  engine: { name: "tensorflow", threads: 1 },
};

Deno.test("canonicalJson() has one spelling for each value", () => {
  assert.equal(canonicalJson({ b: 1, a: [null, true, "ä\n"] }), '{"a":[null,true,"ä\\n"],"b":1}');
  assert.equal(canonicalJson({ Z: 1, a: 2, é: 3 }), '{"Z":1,"a":2,"é":3}', "not by language");
  assert.equal(canonicalJson(-0), "0");
  assert.equal(canonicalJson(5e-4), canonicalJson(0.0005));
  assert.notEqual(canonicalJson("1"), canonicalJson(1));
  assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
});

Deno.test("canonicalJson() refuses what JSON would change in silence", () => {
  for (const value of [NaN, Infinity, -Infinity, 2 ** 53, 1e300]) {
    assert.throws(() => canonicalJson({ deep: [value] }), RangeError, String(value));
  }
  for (const value of [1n, Symbol("x"), () => 1, undefined]) {
    assert.throws(() => canonicalJson([value]), TypeError);
  }
});

Deno.test("sha256() of the standard's example", () => {
  // FIPS 180-2, appendix B.1.
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("keyOf() does not depend on the order of fields", () => {
  const turned = (value: unknown): unknown =>
    typeof value !== "object" || value === null ? value : Object.fromEntries(
      Object.entries(value).reverse().map(([name, each]) => [name, turned(each)]),
    );
  assert.equal(keyOf(turned(PREIMAGE) as Preimage), keyOf(PREIMAGE));
});

Deno.test("keyOf() depends on every field", () => {
  const { engine: _, ...withoutEngine } = PREIMAGE;
  const changed: Preimage[] = [
    withoutEngine,
    { ...PREIMAGE, code: { ...PREIMAGE.code, digest: "other" } },
    { ...PREIMAGE, code: { ...PREIMAGE.code, packages: "other" } },
    { ...PREIMAGE, params: { ...PREIMAGE.params, eps: "0.001" } },
    { ...PREIMAGE, params: { eps: 1e-3 } },
    { ...PREIMAGE, inputs: { weights: { digest: "tree:1", status: "ok" } } },
    { ...PREIMAGE, inputs: { weights: { digest: "blob:1", status: "diverged" } } },
    { ...PREIMAGE, inputs: { other: { digest: "blob:1", status: "ok" } } },
    { ...PREIMAGE, inputs: { weights: [{ digest: "blob:1", status: "ok", cell: {} }] } },
    { ...PREIMAGE, inputs: { weights: [{ digest: "blob:1", status: "ok", cell: { a: "1" } }] } },
    { ...PREIMAGE, outputs: { metrics: "metrics/" } },
    { ...PREIMAGE, runtime: { ...PREIMAGE.runtime, v8: "16" } },
    { ...PREIMAGE, engine: { name: "tensorflow", threads: 2 } },
  ];
  assert.equal(new Set([PREIMAGE, ...changed].map(keyOf)).size, changed.length + 1);
});

Deno.test("explain() names what changed, one line each", () => {
  const before: KeyDocument = {
    preimage: PREIMAGE,
    modules: { "a.ts": "1", "b.ts": "1" },
    packages: { "zod@4": "x" },
  };
  const after: KeyDocument = {
    preimage: {
      ...PREIMAGE,
      code: { digest: "new", packages: "new" },
      params: { eps: 5e-4, trial: 0 },
      inputs: { weights: { digest: "blob:2", status: "ok" }, data: { digest: "b", status: "ok" } },
      engine: { name: "tensorflow", threads: 2 },
    },
    modules: { "a.ts": "2", "b.ts": "1" },
    packages: { "zod@5": "y" },
  };
  assert.deepEqual(explain(before, after), [
    "code: a.ts changed",
    "packages: zod@4, zod@5",
    "params.eps: 0.001 -> 0.0005",
    'params.name: "F1" -> not given',
    "params.trial: not given -> 0",
    "inputs.data: new",
    "inputs.weights: other content",
    "engine.threads: 1 -> 2",
  ]);
  assert.deepEqual(explain(before, before), []);
  assert.deepEqual(ineffectiveEdits(before, { ...before, modules: after.modules }), ["a.ts"]);
  assert.deepEqual(ineffectiveEdits(before, after), []);
});

const LOCK: PackageLock = {
  imports: { zod: "npm:zod@4.6.7", engine: "npm:@scope/engine@1" },
  specifiers: {
    "npm:zod@4.6.7": "4.6.7",
    "npm:@scope/engine@1": "1.2.0_peer@3.0.0",
    "npm:yaml@*": "2.9.1",
  },
  npm: {
    "zod@4.6.7": { integrity: "z" },
    "yaml@2.9.1": { integrity: "y" },
    "@scope/engine@1.2.0_peer@3.0.0": {
      integrity: "e",
      dependencies: ["peer", "twice@1.0.0", "ring"],
      optionalDependencies: ["not-for-us"],
    },
    "peer@3.0.0": { integrity: "p" },
    "twice@1.0.0": { integrity: "t1" },
    "twice@2.0.0": { integrity: "t2" },
    "ring@1.0.0": { integrity: "r", dependencies: ["@scope/engine@1.2.0_peer@3.0.0"] },
  },
};

Deno.test("reachablePackages() follows dependencies and nothing else", () => {
  assert.deepEqual(reachablePackages(LOCK, ["engine/dist/x.js", "node:fs"]), {
    "@scope/engine@1.2.0_peer@3.0.0": "e",
    "peer@3.0.0": "p",
    "twice@1.0.0": "t1",
    "ring@1.0.0": "r",
  });
  assert.deepEqual(reachablePackages(LOCK, ["zod", "zod/mini"]), { "zod@4.6.7": "z" });
  assert.deepEqual(reachablePackages(LOCK, ["npm:yaml"]), { "yaml@2.9.1": "y" });
  assert.deepEqual(reachablePackages(LOCK, []), {});
});

Deno.test("reachablePackages() refuses what it cannot find", () => {
  for (const name of ["unknown", "npm:zod@5", "jsr:@std/assert", "https://deno.land/x/y.ts"]) {
    assert.throws(() => reachablePackages(LOCK, [name]), /Cannot find the package/, name);
  }
});
