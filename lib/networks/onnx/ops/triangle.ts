/** The part of matrices on one side of a diagonal. */
import type { Shape } from "../../../graph/shape.ts";
import { tabulated } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { hostOperand } from "../operand.ts";
import { known, type Rules } from "../rule.ts";
import { floats, type HostTensor } from "../tensor.ts";
import { selected } from "./logic.ts";

/** 1 in that part, else 0, for the last two axes. */
function triangleOf(shape: Shape, k: HostTensor | undefined, node: OnnxNode): HostTensor {
  const [offset, isUpper] = [k?.data[0] ?? 0, node.int("upper", 1) === 1];
  return tabulated(shape.slice(-2), false, ([row, column]) => {
    const above = column! - row! - offset;
    return (isUpper ? above >= 0 : above <= 0) ? 1 : 0;
  });
}

/** The rules. */
export const TRIANGLE_RULES: Rules = {
  Trilu: {
    host: ([x, k], node) => {
      const triangle = triangleOf(x!.shape, k, node);
      const data = x!.data.map((entry, flat) =>
        triangle.data[flat % triangle.data.length] ? entry : 0
      );
      return [{ ...x!, data }];
    },
    graph([x, k], node, context) {
      const triangle = hostOperand(triangleOf(x!.shape, known(k, "diagonal"), node));
      const zero = hostOperand(floats([], Float64Array.of(0)));
      return [selected(triangle, x, zero, context)];
    },
  },
};
