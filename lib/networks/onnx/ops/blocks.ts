/** Channels that become blocks of pixels, and the other way round. */
import { reshape } from "../../../graph/ops/reshape.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { graphOperand } from "../operand.ts";
import { type Rules, valueOf } from "../rule.ts";

/** The rules. */
export const BLOCK_RULES: Rules = {
  DepthToSpace: {
    graph([x], node, context) {
      const value = valueOf(x, context);
      const [n, c, h, w] = value.shape as [number, number, number, number];
      const b = node.int("blocksize", 1);
      const own = c / (b * b);
      const isDepthFirst = node.text("mode", "DCR") === "DCR";
      const apart = reshape(value, isDepthFirst ? [n, b, b, own, h, w] : [n, own, b, b, h, w]);
      const turned = transpose(apart, isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
      return [graphOperand(reshape(turned, [n, own, h * b, w * b]))];
    },
  },
  SpaceToDepth: {
    graph([x], node, context) {
      const value = valueOf(x, context);
      const [n, c, h, w] = value.shape as [number, number, number, number];
      const b = node.int("blocksize", 1);
      const apart = reshape(value, [n, c, h / b, b, w / b, b]);
      const turned = transpose(apart, [0, 3, 5, 1, 2, 4]);
      return [graphOperand(reshape(turned, [n, c * b * b, h / b, w / b]))];
    },
  },
};
