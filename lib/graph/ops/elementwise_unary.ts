import { apply, defineOp, misfit } from "../op.ts";
import type { Op, Value } from "../value.ts";
import type { PortableKernels } from "../portable_kernels.ts";
import type { StableHloEmitter, StableHloTensor } from "../stablehlo_emitter.ts";

/** What distinguishes one elementwise function of one argument from another. */
interface UnaryRule {
  readonly name: string;
  /** TensorFlow's name of the op. */
  readonly tensorflow: string;
  /** Without it the XLA engine refuses the op. */
  stablehlo?(emit: StableHloEmitter, x: StableHloTensor): StableHloTensor;
  portable<T>(kernels: PortableKernels<T>, x: T): T;
  evaluate(x: number): number;
  /** g · y′(x). The Jacobian is diagonal, hence symmetric: the JVP is the same product. */
  derivative(node: Value, g: Value): Value;
}

/** An elementwise op of one float32 tensor. */
export function unaryOp(rule: UnaryRule): Op<Record<never, never>> {
  return defineOp<Record<never, never>>({
    name: rule.name,
    infer(inputs) {
      if (inputs[0]!.dtype !== "float32") throw misfit(rule.name, inputs, "wanted float32");
      return { shape: inputs[0]!.shape, dtype: "float32" };
    },
    vjp: (node, cotangent) => [rule.derivative(node, cotangent)],
    jvp: (node, [tangent]) => rule.derivative(node, tangent!),
    tensorflow: (emit, inputs) => emit.node(rule.tensorflow, inputs),
    ...(rule.stablehlo ? { stablehlo: (emit, [x]) => rule.stablehlo!(emit, x!) } : {}),
    portable: (kernels, [x]) => rule.portable(kernels, x!),
    reference: ([x]) => x!.data.map(rule.evaluate),
  });
}

/** Applies a unary op. */
export function unary(op: Op<Record<never, never>>, x: Value): Value {
  return apply(op, [x], {});
}
