import assert from "node:assert/strict";
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";
import { layoutOf, type StructName } from "../../../lib/engine/xla/pjrt_layout.ts";
import { xlaPlugin } from "./plugin.ts";

Deno.test("layoutOf() gives the sizes that the header states", () => {
  // PJRT_*_STRUCT_SIZE of a C compiler: the offset of the last field and its size.
  const sizes: Partial<Record<StructName, number>> = {
    errorDestroy: 24,
    errorMessage: 40,
    event: 24,
    clientCreate: 88,
    namedValue: 56,
    program: 48,
    compile: 56,
    execute: 80,
    executeOptions: 112,
    fromHost: 120,
    toHost: 56,
    serialize: 56,
    deserialize: 64,
  };
  for (const [name, size] of Object.entries(sizes) as [StructName, number][]) {
    assert.equal(layoutOf(name).size, size, name);
  }
});

Deno.test("layoutOf() aligns each field to its own size", () => {
  const { offsets } = layoutOf("fromHost");
  assert.deepEqual([offsets.type, offsets.dimensions, offsets.semantics, offsets.device], [
    32,
    40,
    72,
    80,
  ]);
});

Deno.test("Pjrt refuses a file that is no plugin, naming it", () => {
  assert.throws(() => new Pjrt("/nowhere/plugin.so"), /Cannot open the XLA plugin \/nowhere/);
});

Deno.test({
  name: "Pjrt tells what could not be compiled, run or fed",
  ignore: xlaPlugin === undefined,
  async fn() {
    const pjrt = new Pjrt(xlaPlugin!);
    await assert.rejects(
      () => pjrt.compile("module { nonsense }", '"f"'),
      /Cannot compile "f": PJRT_Client_Compile says: /,
    );
    const text = (body: string) =>
      `module @m { func.func public @main(%a: tensor<2xf32>) -> tensor<2xf32> { ${body} } }`;
    const program = await pjrt.compile(
      text(
        '%0 = "stablehlo.add"(%a, %a) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> ' +
          "return %0 : tensor<2xf32>",
      ),
      '"f"',
    );
    assert.throws(
      () => pjrt.execute(program, [], { what: '"f"' }),
      /Cannot run "f": PJRT_LoadedExecutable/,
    );
    const a = pjrt.upload(Float32Array.of(1, 2), [2], "a");
    const [sum] = pjrt.execute(program, [a], { what: '"f"' });
    const entries = new Float32Array(2);
    pjrt.download(sum!, entries, "sum");
    assert.deepEqual([...entries], [2, 4]);
    for (const buffer of [a, sum!]) pjrt.freeBuffer(buffer);
    pjrt.freeProgram(program);
    assert.equal(pjrt.live, 0);
    pjrt.close();
  },
});
