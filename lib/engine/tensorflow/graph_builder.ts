import type { Shape } from "../../graph/shape.ts";
import type {
  TensorFlowAttribute,
  TensorFlowEmitter,
  TensorFlowType,
} from "../../graph/tensorflow_emitter.ts";
import type { ConstantTensor, NodeDef } from "./wire_format.ts";

/** In which precision real numbers are computed with; in the session they are float32. */
export type Precision = "single" | "double";

/** Collects TensorFlow nodes under generated names. */
export class GraphBuilder implements TensorFlowEmitter {
  readonly nodes: NodeDef[] = [];
  readonly precision: Precision;
  readonly #made = new Map<string, string>();

  constructor(precision: Precision = "single") {
    this.precision = precision;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TensorFlowAttribute>> = {},
  ): string {
    const name = `${op}_${this.nodes.length}`;
    // TensorFlow refuses attributes that the op does not declare, but for names that begin with _.
    const typed = {
      ...(!UNTYPED.has(op) && { T: { type: "float32" } as const }),
      ...(op === "AddV2" && UNMERGED),
      ...attributes,
    };
    this.nodes.push({ name, op, inputs, attributes: HELD.has(op) ? typed : this.#computed(typed) });
    return name;
  }

  /** From what the session holds to what is computed with; nothing in single precision. */
  widened(tensor: string): string {
    return this.#cast(tensor, "float32", "float64");
  }

  /** From what is computed with to what the session holds; nothing in single precision. */
  narrowed(tensor: string): string {
    return this.#cast(tensor, "float64", "float32");
  }

  int32(values: readonly number[]): string {
    return this.#int32(values, [values.length]);
  }

  int32Scalar(value: number): string {
    return this.#int32([value], []);
  }

  float32(value: number): string {
    return this.once(`float32 ${Object.is(value, -0) ? "-0" : value}`, () => {
      const single = this.precision === "single";
      const content = single ? Float32Array.of(value) : Float64Array.of(value);
      return this.#constant({
        dtype: single ? "float32" : "float64",
        shape: [],
        content: new Uint8Array(content.buffer),
      });
    });
  }

  once(key: string, make: () => string): string {
    let name = this.#made.get(key);
    if (name === undefined) this.#made.set(key, name = make());
    return name;
  }

  #cast(tensor: string, from: TensorFlowType, to: TensorFlowType): string {
    if (this.precision === "single") return tensor;
    return this.once(`${to} ${tensor}`, () => {
      const name = `Cast_${this.nodes.length}`;
      const attributes = { SrcT: { type: from }, DstT: { type: to } };
      this.nodes.push({ name, op: "Cast", inputs: [tensor], attributes });
      return name;
    });
  }

  #computed(attributes: Readonly<Record<string, TensorFlowAttribute>>) {
    if (this.precision === "single") return attributes;
    return Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [
        name,
        "type" in attribute && attribute.type === "float32"
          ? { type: "float64" as const }
          : attribute,
      ]),
    );
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

/**
 * Marks a sum as one that TensorFlow's optimiser has merged already, as it marks its own. Else it makes
 * an AddN of several, and of that a sum in memory in the order in which the terms come, which is another
 * one in each process: products Hv differed by 1e-7 of themselves from run to run.
 */
const UNMERGED = { "_grappler_ArithmeticOptimizer_AddOpsRewriteStage": { bool: true } } as const;

/** Ops on what the session holds, or is fed and fetched: float32 in either precision. */
const HELD = new Set([
  "Placeholder",
  "VarHandleOp",
  "ReadVariableOp",
  "AssignVariableOp",
  "DeepCopy",
  "ResourceApplyAdam",
]);

/** Ops whose element type attribute is not called T. */
const UNTYPED = new Set([
  "Placeholder",
  "VarHandleOp",
  "ReadVariableOp",
  "AssignVariableOp",
  "NoOp",
  "StatelessRandomUniformFullIntV2",
  "GatherV2",
  "Cast",
]);
