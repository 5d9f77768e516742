import assert from "node:assert/strict";
import type { Shape } from "../../lib/graph/shape.ts";
import { arrangedFor } from "../../lib/own_model/example_layout.ts";

/** One example, whose numbers are their places. */
const dataOf = (featureShape: Shape) => ({
  name: "a.npz",
  count: 1,
  features: Float32Array.from(
    { length: featureShape.reduce((size, extent) => size * extent, 1) },
    (_, i) => i,
  ),
  featureShape,
  labels: Int32Array.of(0),
  classes: 2,
});
const arranged = (own: Shape, inputShape: Shape) =>
  arrangedFor({ name: "a.onnx", inputShape }, dataOf(own));

Deno.test("arrangedFor() turns images to the model's order of channels", () => {
  const { dataset, understood } = arranged([2, 3, 2], [2, 2, 3]);
  assert.deepEqual([...dataset.features], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  assert.deepEqual(understood, ["examples [2, 3, 2] are turned to [2, 2, 3]"]);
});

Deno.test("arrangedFor() takes other shapes row by row where no axis moves", () => {
  for (const [own, wanted] of [[[4], [2, 2]], [[1, 3], [3]], [[2, 1, 3], [2, 3, 1]]] as const) {
    const { dataset } = arranged(own, wanted);
    assert.deepEqual([...dataset.features], [...dataset.features.keys()], String(own));
    assert.deepEqual(dataset.featureShape, wanted);
  }
});

Deno.test("arrangedFor() refuses axes in another order, which are no matter of the shape", () => {
  for (const [own, wanted] of [[[7, 3], [3, 7]], [[7, 1, 3], [3, 7]], [[2, 5, 4], [2, 4, 5]]]) {
    assert.throws(() => arranged(own!, wanted!), {
      name: "RangeError",
      message: `Cannot feed a.npz to a.onnx: an example has the shape [${
        own!.join(", ")
      }], the model reads [${
        wanted!.join(", ")
      }], the same axes in another order; transpose the examples`,
    });
  }
  assert.throws(() => arranged([5], [2, 3]), /give the data in that shape, or others with --data/);
});
