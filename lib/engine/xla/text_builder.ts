import type { Shape } from "../../graph/shape.ts";
import { sizeOf } from "../../graph/shape.ts";
import {
  type Comparison,
  integers,
  paddingAttribute,
  type StableHloEmitter,
  type StableHloTensor,
  type StableHloType,
} from "../../graph/stablehlo_emitter.ts";

/** MLIR's names of the element types. */
const ELEMENT: Record<StableHloType, string> = {
  float32: "f32",
  int32: "i32",
  uint32: "ui32",
  uint64: "ui64",
  bool: "i1",
};

/** `tensor<2x3xf32>`. */
export function typeText({ shape, dtype }: Pick<StableHloTensor, "shape" | "dtype">): string {
  return `tensor<${[...shape, ELEMENT[dtype]].join("x")}>`;
}

/** How float32 products are computed: by several passes of a smaller format if need be. */
const FULL_PRECISION = "[#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]";

/** TensorFloat-32 on NVIDIA's cards, bfloat16 on TPUs: products of 11 or 8 bits. */
const LOW_PRECISION = "[#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]";

/** Collects the instructions of one function in MLIR's generic form. */
export class TextBuilder implements StableHloEmitter {
  readonly lines: string[] = [];
  readonly precision: string;
  readonly #made = new Map<string, StableHloTensor>();
  #next = 0;

  constructor({ tf32 = false }: { readonly tf32?: boolean } = {}) {
    this.precision = tf32 ? LOW_PRECISION : FULL_PRECISION;
  }

  instruction(
    op: string,
    inputs: readonly StableHloTensor[],
    { shape, dtype }: Pick<StableHloTensor, "shape" | "dtype">,
    attributes: Readonly<Record<string, string>> = {},
    region = "",
  ): StableHloTensor {
    const result = { name: `%${this.#next++}`, shape, dtype };
    const listed = Object.entries(attributes).map(([key, value]) => `${key} = ${value}`).join(", ");
    this.lines.push(
      `${result.name} = "stablehlo.${op}"(${inputs.map(({ name }) => name).join(", ")})` +
        `${region && ` (${region})`}${listed && ` {${listed}}`} : ` +
        `(${inputs.map(typeText).join(", ")}) -> ${typeText(result)}`,
    );
    return result;
  }

  elementwise(op: string, ...inputs: readonly StableHloTensor[]): StableHloTensor {
    return this.instruction(op, inputs, inputs[0]!);
  }

  fill(value: number, shape: Shape, dtype: StableHloType = "float32"): StableHloTensor {
    const entry = dtype === "float32" ? floatText(value) : integerText(value, dtype);
    return this.once(`fill ${entry} ${dtype} [${shape}]`, () => {
      const type = { shape, dtype };
      return this.instruction("constant", [], type, {
        value: `dense<${sizeOf(shape) === 0 ? "" : entry}> : ${typeText(type)}`,
      });
    });
  }

  iota(axis: number, shape: Shape, dtype: StableHloType): StableHloTensor {
    return this.once(
      `iota ${axis} ${dtype} [${shape}]`,
      () => this.instruction("iota", [], { shape, dtype }, { iota_dimension: `${axis} : i64` }),
    );
  }

  broadcast(x: StableHloTensor, shape: Shape): StableHloTensor {
    if (`${x.shape}` === `${shape}` && x.shape.length === shape.length) return x;
    const offset = shape.length - x.shape.length;
    return this.once(
      `broadcast ${x.name} [${shape}]`,
      () =>
        this.instruction("broadcast_in_dim", [x], { shape, dtype: x.dtype }, {
          broadcast_dimensions: integers(x.shape.map((_, axis) => axis + offset)),
        }),
    );
  }

  reshape(x: StableHloTensor, shape: Shape): StableHloTensor {
    if (`${x.shape}` === `${shape}` && x.shape.length === shape.length) return x;
    return this.instruction("reshape", [x], { shape, dtype: x.dtype });
  }

  convert(x: StableHloTensor, dtype: StableHloType): StableHloTensor {
    return this.instruction("convert", [x], { shape: x.shape, dtype });
  }

  compare(a: StableHloTensor, how: Comparison, b: StableHloTensor): StableHloTensor {
    return this.instruction("compare", [a, b], { shape: a.shape, dtype: "bool" }, {
      comparison_direction: `#stablehlo<comparison_direction ${how}>`,
    });
  }

  select(
    condition: StableHloTensor,
    yes: StableHloTensor,
    no: StableHloTensor,
  ): StableHloTensor {
    return this.instruction("select", [condition, yes, no], yes);
  }

  reduce(
    by: "add" | "maximum" | "minimum",
    x: StableHloTensor,
    axes: readonly number[],
  ): StableHloTensor {
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    return this.instruction(
      "reduce",
      [x, this.fill(neutral(by, x.dtype), [], x.dtype)],
      { shape, dtype: x.dtype },
      { dimensions: integers(axes) },
      reducer(by, x.dtype),
    );
  }

  slice(
    x: StableHloTensor,
    start: readonly number[],
    limit: readonly number[],
    strides: readonly number[] = start.map(() => 1),
  ): StableHloTensor {
    const shape = start.map((from, axis) => Math.ceil((limit[axis]! - from) / strides[axis]!));
    return this.instruction("slice", [x], { shape, dtype: x.dtype }, {
      start_indices: integers(start),
      limit_indices: integers(limit),
      strides: integers(strides),
    });
  }

  pad(
    x: StableHloTensor,
    value: number,
    low: readonly number[],
    high: readonly number[],
    interior: readonly number[] = low.map(() => 0),
  ): StableHloTensor {
    const shape = x.shape.map((extent, axis) =>
      low[axis]! + extent + Math.max(extent - 1, 0) * interior[axis]! + high[axis]!
    );
    return this.instruction(
      "pad",
      [x, this.fill(value, [], x.dtype)],
      { shape, dtype: x.dtype },
      {
        edge_padding_low: integers(low),
        edge_padding_high: integers(high),
        interior_padding: integers(interior),
      },
    );
  }

  windowMaximum(
    x: StableHloTensor,
    shape: Shape,
    { window, stride, padding }: Parameters<StableHloEmitter["windowMaximum"]>[2],
  ): StableHloTensor {
    return this.instruction(
      "reduce_window",
      [x, this.fill(-Infinity, [])],
      { shape, dtype: x.dtype },
      {
        window_dimensions: integers([1, window, window, 1]),
        window_strides: integers([1, stride, stride, 1]),
        padding: paddingAttribute(padding),
      },
      reducer("maximum", x.dtype),
    );
  }

  /** Rows of a table [rows, width] by their indices, int32 [size]. */
  gatherRows(table: StableHloTensor, indices: StableHloTensor): StableHloTensor {
    const width = table.shape[1]!;
    const type = { shape: [indices.shape[0]!, width], dtype: table.dtype };
    return this.instruction("gather", [table, indices], type, {
      dimension_numbers: "#stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], " +
        "start_index_map = [0], index_vector_dim = 1>",
      slice_sizes: integers([1, width]),
      indices_are_sorted: "false",
    });
  }

  once(key: string, make: () => StableHloTensor): StableHloTensor {
    let made = this.#made.get(key);
    if (made === undefined) this.#made.set(key, made = make());
    return made;
  }
}

/** A float32 by its bits, so that the text keeps −0, NaN, infinities and every digit. */
function floatText(value: number): string {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  return `0x${bits.toString(16).toUpperCase().padStart(8, "0")}`;
}

function integerText(value: number, dtype: StableHloType): string {
  return `${dtype === "int32" ? value | 0 : dtype === "uint32" ? value >>> 0 : value}`;
}

/** What changes no entry; of int32, the only integer that is reduced, the ends of its range. */
function neutral(by: "add" | "maximum" | "minimum", dtype: StableHloType): number {
  if (by === "add") return 0;
  const largest = dtype === "int32" ? 0x7fffffff : Infinity;
  return by === "minimum" ? largest : dtype === "int32" ? -largest - 1 : -largest;
}

function reducer(by: string, dtype: StableHloType): string {
  const type = `tensor<${ELEMENT[dtype]}>`;
  return `{ ^bb0(%a: ${type}, %b: ${type}): ` +
    `%r = "stablehlo.${by}"(%a, %b) : (${type}, ${type}) -> ${type} ` +
    `"stablehlo.return"(%r) : (${type}) -> () }`;
}
