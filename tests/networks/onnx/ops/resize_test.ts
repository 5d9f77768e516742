import assert from "node:assert/strict";
import { floats } from "../../../../lib/networks/onnx/tensor.ts";
import { assertClose } from "../../../support/assert_close.ts";
import { given, made } from "../../../support/onnx_rule.ts";

/** Where the entries of an axis of 4 lie that is resized by 1.2, which leaves it 4 long. */
const PLACES: Readonly<Record<string, (o: number) => number>> = {
  asymmetric: (o) => o / 1.2,
  "half_pixel": (o) => (o + 0.5) / 1.2 - 0.5,
  "pytorch_half_pixel": (o) => (o + 0.5) / 1.2 - 0.5,
  "half_pixel_symmetric": (o) => 2 * (1 - 4 / 4.8) + (o + 0.5) / 1.2 - 0.5,
  "align_corners": (o) => o * 3 / 3.8,
};

/** What a ramp 0, 1, 2, 3 becomes. */
async function resized(op: string, attributes: Record<string, string>, opset = 19) {
  const scales = floats([2], Float64Array.of(1, 1.2));
  const ramp = given([0, 1, 2, 3], [1, 4]);
  const inputs = op === "Upsample" ? [ramp, scales] : [ramp, undefined, scales];
  const [y] = await made({ op, attributes, inputs, opset });
  assert.deepEqual(y!.shape, [1, 4]);
  return y!.data;
}

Deno.test("Resize by a scale that leaves the extent moves the entries all the same", async () => {
  for (const [coordinates, placeOf] of Object.entries(PLACES)) {
    const places = [0, 1, 2, 3].map((o) => Math.min(3, Math.max(0, placeOf(o))));
    const by = { "coordinate_transformation_mode": coordinates };
    assertClose(await resized("Resize", { ...by, mode: "linear" }), places, { absolute: 1e-12 });
    const nearest = await resized("Resize", { ...by, mode: "nearest", "nearest_mode": "floor" });
    assert.deepEqual(nearest, places.map(Math.floor), coordinates);
    // The cubic kernel with a = −3/4 keeps no ramp; where it stays far from the edge it is near one.
    const cubic = await resized("Resize", { ...by, mode: "cubic" });
    assertClose(cubic.slice(1, 3), places.slice(1, 3), { absolute: 0.2 });
    assert.notDeepEqual(cubic, [0, 1, 2, 3]);
  }
  assertClose(await resized("Upsample", { mode: "linear" }, 9), [0, 1, 2, 3].map((o) => o / 1.2), {
    absolute: 1e-12,
  });
});

Deno.test("Resize by 1, or to the size that there is, changes nothing", async () => {
  const x = given([3, 1, 2], [1, 3]);
  for (const mode of ["nearest", "linear", "cubic"]) {
    const ones = floats([2], Float64Array.of(1, 1));
    const [byScale] = await made({
      op: "Resize",
      attributes: { mode },
      inputs: [x, undefined, ones],
    });
    assert.deepEqual(byScale!.data, [3, 1, 2]);
    const sizes = floats([2], Float64Array.of(1, 3));
    const inputs = [x, undefined, undefined, sizes];
    const [bySize] = await made({ op: "Resize", attributes: { mode }, inputs });
    assert.deepEqual(bySize!.data, [3, 1, 2]);
  }
});
