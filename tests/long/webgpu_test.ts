import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { compareWithReference, SINGLE_ROUNDING } from "../graph/compare_ops.ts";

Deno.test({
  name: "every op agrees with the reference on webgpu",
  ignore: !(await navigator.gpu?.requestAdapter()), // no GPU, nor a rasteriser
  sanitizeResources: false, // the adapter stays open for the process's life
  // Hundreds of shaders are compiled, which takes a rasteriser half a minute.
  fn: async () => {
    await compareWithReference(await portableEngine({ backend: "webgpu" }), SINGLE_ROUNDING);
  },
});
