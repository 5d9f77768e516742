import assert from "node:assert/strict";
import { add } from "../../lib/graph/ops/add.ts";
import { placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { square } from "../../lib/graph/ops/square.ts";
import { checkProgram, leavesOf, type Program, rootsOf } from "../../lib/graph/program.ts";
import type { Value } from "../../lib/graph/value.ts";

const x = placeholder("x", [2]);
const w = variable("w", [2]);

Deno.test("leavesOf() finds the leaves of outputs and updates, each once, in all functions", () => {
  const [m, rate] = [variable("m", [2]), placeholder("rate", [2])];
  const program: Program = {
    f: { outputs: { y: add(x, w) }, updates: [{ kind: "assign", variable: m, value: rate }] },
    g: { outputs: { y: square(w) } },
  };
  assert.deepEqual([...leavesOf(program, "placeholder")], [["x", x], ["rate", rate]]);
  assert.deepEqual([...leavesOf(program, "variable")], [["w", w], ["m", m]]);
  assert.deepEqual(rootsOf(program.f!).slice(1), [m, rate]);
});

Deno.test("checkProgram() refuses two leaves of one kind and name", () => {
  const clash = (a: Value, b: Value): Program => ({ f: { outputs: { a } }, g: { outputs: { b } } });
  const again = (value: Value) => ({ ...value });
  assert.throws(() => checkProgram(clash(x, again(x))), {
    name: "TypeError",
    message: /two placeholders named "x"/,
  });
  assert.throws(() => checkProgram(clash(w, variable("w", [3]))), {
    name: "TypeError",
    message: /two variables named "w"/,
  });
  checkProgram(clash(placeholder("one name", []), variable("one name", []))); // fed, assigned: no clash
  checkProgram(clash(x, square(x)));
});

Deno.test("checkProgram() refuses updates that cannot be carried out", () => {
  const assign = (variable: Value, value: Value) => ({ kind: "assign" as const, variable, value });
  const wrong: [ReturnType<typeof assign>[], RegExp][] = [
    [[assign(x, w)], /Cannot update a placeholder in "f"/],
    [[assign(w, placeholder("y", [3]))], /w in "f" to float32\[2\] and float32\[3\]/],
    [[assign(w, placeholder("y", [2], "int32"))], /w in "f" to float32\[2\] and int32\[2\]/],
    [[assign(w, x), assign(w, w)], /Cannot update w twice in "f"/],
  ];
  for (const [updates, message] of wrong) {
    const program = { f: { outputs: {}, updates } };
    assert.throws(() => checkProgram(program), { name: "TypeError", message });
  }
  checkProgram({ f: { outputs: {}, updates: [assign(w, x)] } });
});
