/** Writes small ONNX files, also odd ones that no exporter would write. */
import protobuf from "protobufjs/light.js";

/** A field: its number, and a whole number, a float32, text, bytes or a message. */
type Field = readonly [number, number | Float32Array | string | Uint8Array | Message];
interface Message {
  readonly fields: readonly Field[];
}

/** Element types of ONNX. */
export const TYPE = { float: 1, int64: 7, float16: 10, double: 11, bfloat16: 16 } as const;

/** A tensor; `parts` are the fields that hold its entries. */
export interface OddTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly parts: readonly Field[];
}

/** A tensor of float32. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  entries: readonly number[],
): OddTensor {
  const raw = new Uint8Array(Float32Array.from(entries).buffer);
  return { name, dims, type: TYPE.float, parts: [[9, raw]] };
}

/** A tensor of int64, such as a shape. */
export function wholeTensor(
  name: string,
  dims: readonly number[],
  entries: readonly number[],
): OddTensor {
  const raw = new Uint8Array(BigInt64Array.from(entries, BigInt).buffer);
  return { name, dims, type: TYPE.int64, parts: [[9, raw]] };
}

/** A tensor whose entries lie in another file. */
export function externalTensor(
  name: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): OddTensor {
  const pairs = Object.entries(entries).map(([key, value]): Field => [
    13,
    message([1, key], [2, value]),
  ]);
  return { name, dims, type: TYPE.float, parts: [...pairs, [14, 1]] };
}

/** A node with its attributes by kind. */
export interface OddNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly tensors?: Readonly<Record<string, OddTensor>>;
  readonly domain?: string;
  readonly overload?: string;
}

/** A function that the file defines, of domain `own`. */
export interface OddFunction {
  readonly name: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OddNode[];
}

/** An input or output; an open extent is text. */
export interface OddValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly type?: number;
}

/** A model. */
export interface OddModel {
  readonly opset?: number;
  readonly nodes: readonly OddNode[];
  readonly tensors?: readonly OddTensor[];
  readonly inputs: readonly OddValue[];
  readonly outputs: readonly OddValue[];
  readonly functions?: readonly OddFunction[];
}

/** The file's bytes. */
export function onnxFile(
  { opset = 17, nodes, tensors = [], inputs, outputs, functions = [] }: OddModel,
): Uint8Array {
  const graph = message(
    ...nodes.map((node): Field => [1, nodeMessage(node)]),
    [2, "graph"],
    ...tensors.map((tensor): Field => [5, tensorMessage(tensor)]),
    ...inputs.map((value): Field => [11, valueMessage(value)]),
    ...outputs.map((value): Field => [12, valueMessage(value)]),
  );
  const own = functions.map((each): Field => [25, functionMessage(each)]);
  return encoded(message([1, 8], [2, "a test"], [7, graph], [8, message([2, opset])], ...own));
}

/** y = x W + b, of 2 features and 3 classes, with some fields exchanged. */
export function linearModel(changes: Partial<OddModel> = {}): Uint8Array {
  return onnxFile({
    nodes: [{ op: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"], name: "fc" }],
    tensors: [
      floatTensor("w", [2, 3], [1, 2, 3, 4, 5, 6]),
      floatTensor("b", [3], [0.5, 0, -0.5]),
    ],
    inputs: [{ name: "x", shape: ["N", 2] }],
    outputs: [{ name: "y", shape: ["N", 3] }],
    ...changes,
  });
}

function message(...fields: readonly Field[]): Message {
  return { fields };
}

function nodeMessage(node: OddNode): Message {
  const { op, inputs, outputs, name = "", domain = "", overload = "" } = node;
  const attribute = (key: string, value: Field, type: number): Field => [
    5,
    message([1, key], value, [20, type]),
  ];
  return message(
    ...inputs.map((input): Field => [1, input]),
    ...outputs.map((output): Field => [2, output]),
    [3, name],
    [4, op],
    ...Object.entries(node.floats ?? {}).map(([key, value]) =>
      attribute(key, [2, Float32Array.of(value)], 1)
    ),
    ...Object.entries(node.ints ?? {}).map(([key, value]): Field =>
      typeof value === "number"
        ? attribute(key, [3, value], 2)
        : [5, message([1, key], ...value.map((each): Field => [8, each]), [20, 7])]
    ),
    ...Object.entries(node.texts ?? {}).map(([key, value]) => attribute(key, [4, value], 3)),
    ...Object.entries(node.tensors ?? {}).map(([key, value]) =>
      attribute(key, [5, tensorMessage(value)], 4)
    ),
    [7, domain],
    [8, overload],
  );
}

function functionMessage({ name, overload = "", inputs, outputs, nodes }: OddFunction): Message {
  return message(
    [1, name],
    ...inputs.map((input): Field => [4, input]),
    ...outputs.map((output): Field => [5, output]),
    ...nodes.map((node): Field => [7, nodeMessage(node)]),
    [10, "own"],
    [13, overload],
  );
}

function tensorMessage({ name, dims, type, parts }: OddTensor): Message {
  return message(...dims.map((extent): Field => [1, extent]), [2, type], [8, name], ...parts);
}

function valueMessage({ name, shape, type = TYPE.float }: OddValue): Message {
  const dimensions = shape.map((extent): Field => [
    1,
    typeof extent === "number" ? message([1, extent]) : message([2, extent]),
  ]);
  const tensor = message([1, type], [2, message(...dimensions)]);
  return message([1, name], [2, message([1, tensor])]);
}

function encoded({ fields }: Message): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [number, value] of fields) {
    if (typeof value === "number") writer.uint32(number << 3).int64(value);
    else if (value instanceof Float32Array) writer.uint32((number << 3) | 5).float(value[0]!);
    else {
      writer.uint32((number << 3) | 2);
      if (typeof value === "string") writer.string(value);
      else writer.bytes(value instanceof Uint8Array ? value : encoded(value));
    }
  }
  return writer.finish();
}
