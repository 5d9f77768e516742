import assert from "node:assert/strict";
import { compilerOf } from "../../../lib/engine/xla/executable_cache.ts";
import { emitFunction } from "../../../lib/engine/xla/emit.ts";
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { tanh } from "../../../lib/graph/ops/tanh.ts";
import { xlaPlugin } from "./plugin.ts";

const { text } = emitFunction("f", { outputs: { y: tanh(placeholder("x", [3])) } });

Deno.test({
  name: "compilerOf() keeps what it compiles, and trusts no file that is damaged",
  ignore: xlaPlugin === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const pjrt = new Pjrt(xlaPlugin!);
    const x = pjrt.upload(Float32Array.of(-1, 0.25, 2), [3], "x");
    const valueOf = async (identity: string) => {
      const program = await compilerOf(pjrt, folder, identity)(text, '"f"');
      const [y] = pjrt.execute(program, [x], { what: '"f"' });
      const entries = new Float32Array(3);
      pjrt.download(y!, entries, "y");
      pjrt.freeBuffer(y!);
      pjrt.freeProgram(program);
      return [...entries];
    };
    const files = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
    try {
      const compiled = await valueOf("device");
      const [kept] = files() as [string];
      assert.deepEqual(files(), [kept]);
      const before = Deno.statSync(`${folder}/${kept}`).ino;
      assert.deepEqual(await valueOf("device"), compiled);
      assert.equal(Deno.statSync(`${folder}/${kept}`).ino, before, "it was compiled again");

      // Cut short, changed, or not from this plugin: each is compiled anew and replaced.
      const whole = Deno.readFileSync(`${folder}/${kept}`);
      const changed = whole.slice();
      changed[whole.length - 1]! ^= 1;
      for (const damaged of [whole.slice(0, 40), changed, new Uint8Array(0)]) {
        Deno.writeFileSync(`${folder}/${kept}`, damaged);
        assert.deepEqual(await valueOf("device"), compiled);
        assert.ok(Deno.statSync(`${folder}/${kept}`).size > damaged.length || damaged === changed);
      }
      await valueOf("another device");
      assert.equal(files().length, 2);
    } finally {
      pjrt.freeBuffer(x);
      assert.equal(pjrt.live, 0);
      pjrt.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
