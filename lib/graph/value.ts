/** Values of the graph, and the ops whose results they are: each names the other. */
import type { PortableKernels } from "./portable_kernels.ts";
import type { StableHloEmitter, StableHloTensor } from "./stablehlo_emitter.ts";
import type { TensorFlowEmitter } from "./tensorflow_emitter.ts";
import type { Attributes, Type } from "./type.ts";

/**
 * A node of the differentiable graph: the result of one op on other values.
 *
 * Values are immutable and form a directed acyclic graph; nothing is computed until an engine runs
 * it. Build them with the ops' own functions (`matMul(x, w)`), which check shapes.
 */
export interface Value<A extends Attributes = Attributes> extends Type {
  /** What computes it. */
  readonly op: Op<A>;
  /** What it is computed from. */
  readonly inputs: readonly Value[];
  /** What the op is told besides. */
  readonly attributes: A;
}

/** A tensor of the reference engine: float64, row-major. */
export interface ReferenceTensor extends Type {
  /** Entries in row-major order. */
  readonly data: Float64Array;
}

/**
 * Everything there is to know about one op, in one file of `ops/`.
 *
 * For y = op(x₁, …, x_k) with Jacobians J_i = ∂y/∂x_i:
 * - the vector–Jacobian product (VJP) maps ȳ to x̄_i = J_iᵀ ȳ: reverse mode;
 * - the Jacobian–vector product (JVP) maps ẋ to ẏ = Σ J_i ẋ_i: forward mode;
 * - `expand`, of a composite op, writes y in simpler ops. Where a rule is missing, the expansion
 *   is differentiated or computed in its place. An op has `expand` or else all other rules.
 *
 * The exact Hessian-vector product is the JVP of the VJP (Pearlmutter 1994), so what a VJP rule
 * returns must have a JVP in turn. Tangents and cotangents that are zero are `undefined`.
 */
export interface Op<A extends Attributes = Attributes> {
  /** For messages and emitted graphs. */
  readonly name: string;
  /** Type of y. @throws {TypeError} If the inputs do not fit, naming the op and the shapes. */
  infer(inputs: readonly Value[], attributes: A): Type;
  /** One cotangent per input; `undefined` where y does not depend on it smoothly. */
  vjp?(node: Value<A>, cotangent: Value): readonly (Value | undefined)[];
  /** Tangent of y; called only if at least one tangent is given. */
  jvp?(node: Value<A>, tangents: readonly (Value | undefined)[]): Value | undefined;
  /** y in terms of simpler ops. */
  expand?(node: Value<A>): Value;
  /** Whether the sum of y over these axes is zero whatever the inputs: it is then not computed. */
  sumVanishes?(node: Value<A>, axes: readonly number[]): boolean;
  /** Emits TensorFlow nodes for y, and returns the name of the tensor that holds it. */
  tensorflow?(emit: TensorFlowEmitter, inputs: readonly string[], node: Value<A>): string;
  /** Writes y as StableHLO for the XLA engine. */
  stablehlo?(
    emit: StableHloEmitter,
    inputs: readonly StableHloTensor[],
    node: Value<A>,
  ): StableHloTensor;
  /** Computes y with the portable engine's kernels. */
  portable?<T>(kernels: PortableKernels<T>, inputs: readonly T[], node: Value<A>): T;
  /** Computes y in float64, slowly and plainly. */
  reference?(inputs: readonly ReferenceTensor[], node: Value<A>): Float64Array;
}

/** Text that is equal for equal attributes only; plain JSON would confuse 0, -0, NaN and ±∞. */
export function attributesKey(attributes: Attributes): string {
  return JSON.stringify(attributes, (_, entry) => {
    if (Object.is(entry, -0)) return "-0";
    return typeof entry === "number" && !Number.isFinite(entry) ? `${entry}` : entry;
  });
}

/**
 * All values that `outputs` depend on, every one after its inputs.
 *
 * Iterative, since a training step is deeper than the call stack would bear.
 *
 * @param boundary Values to stop at: they are listed, what they depend on is not.
 */
export function topologicalOrder(
  outputs: readonly Value[],
  boundary: ReadonlySet<Value> = new Set(),
): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  const visit = (value: Value) => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = boundary.has(top.value) ? undefined : top.value.inputs[top.next++];
      if (input !== undefined) visit(input);
      else order.push(stack.pop()!.value);
    }
  }
  return order;
}
