import assert from "node:assert/strict";
import { batchMatMul } from "../../lib/graph/ops/batch_mat_mul.ts";
import { placeholder } from "../../lib/graph/ops/leaf.ts";
import { network } from "../../lib/networks/zoo.ts";
import { batchOf, chunkOf, gradientOf } from "../../lib/objective/classifier_program.ts";
import { multiplyAdds } from "../../lib/graph/multiply_adds.ts";

function ofGradient(name: "F1" | "C1", batch: number): { loss: number; gradient: number } {
  const net = network(name);
  const variables = net.variables();
  const chunk = chunkOf(net, variables, batchOf(net, batch));
  return {
    loss: multiplyAdds([chunk.losses]),
    gradient: multiplyAdds(gradientOf(chunk, variables)),
  };
}

Deno.test("multiplyAdds() of F1: forward and two gradients of each product but the first's", () => {
  const first = 784 * 512;
  const others = 4 * 512 ** 2 + 512 * 10;
  assert.deepEqual(ofGradient("F1", 256), {
    loss: 256 * (first + others),
    gradient: 256 * (2 * first + 3 * others),
  });
});

Deno.test("multiplyAdds() of C1: a convolution counts its kernel once for each output pixel", () => {
  const first = 32 ** 2 * 5 ** 2 * 3 * 64;
  const others = 16 ** 2 * 5 ** 2 * 64 ** 2 + 4096 * 384 + 384 * 192 + 192 * 10;
  assert.deepEqual(ofGradient("C1", 8), {
    loss: 8 * (first + others),
    gradient: 8 * (2 * first + 3 * others),
  });
});

Deno.test("multiplyAdds() of a stack of products: each matrix counts, whichever is transposed", () => {
  const [stack, m, k, n] = [6, 3, 4, 5];
  const a = placeholder("a", [2, 3, m, k]);
  const b = placeholder("b", [2, 3, n, k]);
  assert.equal(multiplyAdds([batchMatMul(a, b, false, true)]), stack * m * k * n);
  const turned = placeholder("turned", [2, 3, k, m]);
  assert.equal(multiplyAdds([batchMatMul(turned, b, true, true)]), stack * m * k * n);
});
