import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import type { OnnxNetwork } from "../../lib/networks/onnx/onnx_network.ts";

/** What an imported model gives on some examples, in float64. */
export async function onnxOutputs(
  { fresh, x }: Pick<OnnxNetwork, "fresh" | "x">,
  examples: readonly number[],
  count: number,
): Promise<number[]> {
  const network = fresh();
  const input = placeholder("examples", [count, ...network.inputShape], network.inputType);
  const outputs = network.logits(input, network.variables());
  await using session = await referenceEngine().load({ f: { outputs: { outputs } } });
  const fixed = (network.fixed?.() ?? []).map(({ name, values }) => [name, values] as const);
  await session.assign({ ...splitParameters(network, x), ...Object.fromEntries(fixed) });
  const entries = network.inputType === "int32"
    ? Int32Array.from(examples)
    : Float64Array.from(examples);
  return [...(await session.run("f", { examples: entries })).outputs!];
}
