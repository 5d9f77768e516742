import type { Shape } from "../../graph/shape.ts";
import type { TensorFlowAttribute, TensorFlowEmitter } from "../../graph/tensorflow_emitter.ts";
import type { ConstantTensor, NodeDef } from "./wire_format.ts";

/** Collects TensorFlow nodes under generated names. */
export class GraphBuilder implements TensorFlowEmitter {
  readonly nodes: NodeDef[] = [];
  readonly #made = new Map<string, string>();

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TensorFlowAttribute>> = {},
  ): string {
    const name = `${op}_${this.nodes.length}`;
    // TensorFlow refuses attributes that the op does not declare.
    const typed = UNTYPED.has(op) ? attributes : { T: { type: "float32" } as const, ...attributes };
    this.nodes.push({ name, op, inputs, attributes: typed });
    return name;
  }

  int32(values: readonly number[]): string {
    return this.#int32(values, [values.length]);
  }

  int32Scalar(value: number): string {
    return this.#int32([value], []);
  }

  float32(value: number): string {
    return this.once(`float32 ${Object.is(value, -0) ? "-0" : value}`, () =>
      this.#constant({
        dtype: "float32",
        shape: [],
        content: new Uint8Array(Float32Array.of(value).buffer),
      }));
  }

  once(key: string, make: () => string): string {
    let name = this.#made.get(key);
    if (name === undefined) this.#made.set(key, name = make());
    return name;
  }

  #int32(values: readonly number[], shape: Shape): string {
    return this.once(`int32 [${shape}] ${values}`, () =>
      this.#constant({
        dtype: "int32",
        shape,
        content: new Uint8Array(Int32Array.from(values).buffer),
      }));
  }

  #constant(tensor: ConstantTensor): string {
    const name = `Const_${this.nodes.length}`;
    const attributes = { dtype: { type: tensor.dtype }, value: { tensor } };
    this.nodes.push({ name, op: "Const", inputs: [], attributes });
    return name;
  }
}

/** Ops whose element type attribute is not called T. */
const UNTYPED = new Set([
  "Placeholder",
  "VarHandleOp",
  "ReadVariableOp",
  "AssignVariableOp",
  "NoOp",
  "StatelessRandomUniformV2",
  "Cast",
]);
