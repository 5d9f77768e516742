import assert from "node:assert/strict";
import { gaussianNoiseEntries } from "../../lib/graph/ops/gaussian_noise.ts";

const COUNT = 40_000;
const entries = gaussianNoiseEntries([20170419, 7], [COUNT], 0);

Deno.test("gaussianNoise() has the moments and the tails of N(0, 1)", () => {
  const moment = (order: number) => entries.reduce((sum, x) => sum + x ** order, 0) / COUNT;
  // Four standard errors of the mean of x^k: √(var xᵏ/n) with var 1, 2, 15, 96.
  const wanted = [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const;
  for (const [order, mean, variance] of wanted) {
    const reach = 4 * Math.sqrt(variance / COUNT);
    assert.ok(Math.abs(moment(order) - mean) < reach, `moment ${order} is ${moment(order)}`);
  }
  const beyond = entries.filter((x) => Math.abs(x) > 1.959964).length / COUNT;
  assert.ok(Math.abs(beyond - 0.05) < 4 * Math.sqrt(0.05 * 0.95 / COUNT), `${beyond} beyond 1.96`);
});

Deno.test("gaussianNoise() draws other entries for another key and another draw", () => {
  const others = [
    gaussianNoiseEntries([20170419, 8], [COUNT], 0),
    gaussianNoiseEntries([20170420, 7], [COUNT], 0),
    gaussianNoiseEntries([20170419, 7], [COUNT], 2),
  ];
  for (const other of others) {
    const product = entries.reduce((sum, x, i) => sum + x * other[i]!, 0) / COUNT;
    assert.ok(Math.abs(product) < 4 / Math.sqrt(COUNT), `correlation ${product}`);
  }
});
