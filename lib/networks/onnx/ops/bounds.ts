/** The largest and the smallest of several values, and values between two bounds. */
import { broadcastTo } from "../../../graph/ops/sum.ts";
import { broadcastShapes, sameShape } from "../../../graph/shape.ts";
import { elementwise } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand, mapped, type Operand } from "../operand.ts";
import { asGraph, known, type Rule, type RuleContext, type Rules } from "../rule.ts";
import type { HostTensor } from "../tensor.ts";
import { type Binary, FAR, foldRule, reals, realValue, together } from "./entrywise.ts";
import { atLeast, atMost, cappedRelu, largerOf, smallerOf } from "./selection.ts";

/** Of known numbers that all lie as far out as `far`, none bounds what it stands beside. */
function extremeRule(onHost: (a: number, b: number) => number, onGraph: Binary, far: number): Rule {
  const isFar = (operand: Operand) =>
    operand.host?.data.every((entry) => far < 0 ? entry <= far : entry >= far) ?? false;
  return {
    ...foldRule(onHost, onGraph),
    graph: (inputs, _, context) => [
      inputs.map((x) => x!).reduce((a, b) => {
        if (isFar(a)) return alone(b, a, context);
        return isFar(b) ? alone(a, b, context) : together(a, b, onGraph, context);
      }),
    ],
  };
}

/** An operand as it is, in the shape that it has beside another one. */
function alone(x: Operand, beside: Operand, context: RuleContext): Operand {
  const shape = broadcastShapes(x.shape, beside.shape);
  if (!shape || sameShape(shape, x.shape)) return x;
  return graphOperand(broadcastTo(realValue(x, context), shape));
}

const CLIP: Rule = {
  host: ([x, low, high], node) => {
    const [least, most] = boundsOf(low, high, node);
    return [elementwise([x!], (entry) => Math.min(Math.max(entry, least), most))];
  },
  graph: ([x, low, high], node, context) => {
    const [least, most] = boundsOf(known(low, "bound"), known(high, "bound"), node);
    return [mapped(reals(asGraph(x, context)), (value) => {
      if (least === 0 && most > 0 && most < FAR) return cappedRelu(value, most);
      const raised = least <= -FAR ? value : atLeast(value, least);
      return most >= FAR ? raised : atMost(raised, most);
    })];
  },
};

function boundsOf(
  low: HostTensor | undefined,
  high: HostTensor | undefined,
  node: OnnxNode,
): [number, number] {
  return [
    low?.data[0] ?? node.float("min", -Infinity),
    high?.data[0] ?? node.float("max", Infinity),
  ];
}

/** The rules. */
export const BOUND_RULES: Rules = {
  Max: extremeRule(Math.max, largerOf, -FAR),
  Min: extremeRule(Math.min, smallerOf, FAR),
  Clip: CLIP,
};
