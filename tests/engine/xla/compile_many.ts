/** Compiles programs one after the other, and says when each begins and ends: PLUGIN FOLDER COUNT. */
import { emitFunction } from "../../../lib/engine/xla/emit.ts";
import { compilerOf } from "../../../lib/engine/xla/executable_cache.ts";
import { Pjrt } from "../../../lib/engine/xla/pjrt.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { matMul } from "../../../lib/graph/ops/mat_mul.ts";
import { tanh } from "../../../lib/graph/ops/tanh.ts";

const [plugin, folder, count] = Deno.args as [string, string, string];
const compile = compilerOf(new Pjrt(plugin), folder, "device");
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
for (let i = 0; i < Number(count); i++) {
  let y = placeholder("x", [8, 8]);
  for (let layer = 0; layer <= 20 + i; layer++) y = tanh(matMul(y, y));
  say(`begins ${i}`);
  await compile(emitFunction("f", { outputs: { y } }).text, '"f"');
  say(`ends ${i}`);
}
Deno.exit(0);
