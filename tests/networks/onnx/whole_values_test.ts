import assert from "node:assert/strict";
import { constant } from "../../../lib/graph/ops/constant.ts";
import { add } from "../../../lib/graph/ops/add.ts";
import { concat } from "../../../lib/graph/ops/concat.ts";
import { placeholder } from "../../../lib/graph/ops/leaf.ts";
import { mul, scale } from "../../../lib/graph/ops/mul.ts";
import { oneHot } from "../../../lib/graph/ops/one_hot.ts";
import { reshape } from "../../../lib/graph/ops/reshape.ts";
import { sign } from "../../../lib/graph/ops/sign.ts";
import { sum } from "../../../lib/graph/ops/sum.ts";
import { chosen, complement, isPositive } from "../../../lib/networks/onnx/ops/selection.ts";
import { isWhole } from "../../../lib/networks/onnx/whole_values.ts";

const x = placeholder("x", [2, 3]);
const mask = isPositive(x);

Deno.test("isWhole() knows truth values and what they add up to, whatever shape they have", () => {
  const wholes = [
    mask,
    complement(mask),
    mul(mask, complement(mask)),
    sum(reshape(mask, [6]), [0]),
    scale(sign(x), 3),
    concat([mask, mask], 0),
    chosen(mask, constant(2), mask),
    oneHot(placeholder("tokens", [4], "int32"), 5),
    placeholder("tokens", [4], "int32"),
  ];
  wholes.forEach((value, i) => assert.ok(isWhole(value), `${i}`));
});

Deno.test("isWhole() takes nothing for whole that may have a fraction", () => {
  const others = [
    x,
    mul(mask, x),
    scale(mask, 0.5),
    add(mask, x),
    concat([mask, x], 0),
    chosen(mask, x, mask),
  ];
  others.forEach((value, i) => assert.ok(!isWhole(value), `${i}`));
});
