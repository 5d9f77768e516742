/** The messages of an ONNX file, as far as Basin reads them: https://onnx.ai/onnx/repo-docs/IR.html */
import protobuf from "protobufjs/light.js";

/** A tensor in the file, its entries in one of several fields. */
export interface TensorMessage {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData: Uint8Array;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly uint64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
  /** 1: the entries are in another file. */
  readonly dataLocation: number;
}

/** An attribute of a node; the field that counts follows from the op. */
export interface AttributeMessage {
  readonly name: string;
  readonly f: number;
  readonly i: number;
  readonly s: Uint8Array;
  readonly t: TensorMessage | null;
  readonly g: unknown;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
  /** Within a function: the attribute of the call that is meant; else empty. */
  readonly refAttrName: string;
}

/** A node of the graph. */
export interface NodeMessage {
  /** Names of values; empty where an optional one is left out. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** Which of several functions of that name is meant. */
  readonly overload: string;
  readonly attribute: readonly AttributeMessage[];
}

/** An input or output of the graph. */
export interface ValueInfoMessage {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly { readonly dimValue: number; readonly dimParam: string }[];
      } | null;
    } | null;
  } | null;
  /** What the exporter notes; PyTorch tells parameters from buffers. */
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

/** A function that the file defines for its nodes. */
export interface FunctionMessage {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly node: readonly NodeMessage[];
  /** Attributes that a call may leave out. */
  readonly attributeProto: readonly AttributeMessage[];
}

/** The graph of a file. */
export interface GraphMessage {
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly input: readonly ValueInfoMessage[];
  readonly output: readonly ValueInfoMessage[];
  readonly valueInfo: readonly ValueInfoMessage[];
  readonly sparseInitializer: readonly { readonly values: TensorMessage | null }[];
}

/** A file. */
export interface ModelMessage {
  readonly producerName: string;
  readonly producerVersion: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly graph: GraphMessage | null;
  readonly functions: readonly FunctionMessage[];
}

/** Fields as `name: [number, type]`, repeated ones with `[]` after the type. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  Model: {
    producerName: [2, "string"],
    producerVersion: [3, "string"],
    graph: [7, "Graph"],
    opsetImport: [8, "OperatorSet[]"],
    functions: [25, "Function[]"],
  },
  OperatorSet: { domain: [1, "string"], version: [2, "int64"] },
  Graph: {
    node: [1, "Node[]"],
    initializer: [5, "Tensor[]"],
    input: [11, "ValueInfo[]"],
    output: [12, "ValueInfo[]"],
    valueInfo: [13, "ValueInfo[]"],
    sparseInitializer: [15, "SparseTensor[]"],
  },
  Node: {
    input: [1, "string[]"],
    output: [2, "string[]"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "Attribute[]"],
    domain: [7, "string"],
    overload: [8, "string"],
  },
  Attribute: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "Tensor"],
    g: [6, "Graph"],
    floats: [7, "float[]"],
    ints: [8, "int64[]"],
    strings: [9, "bytes[]"],
    refAttrName: [21, "string"],
  },
  Tensor: {
    dims: [1, "int64[]"],
    dataType: [2, "int32"],
    floatData: [4, "float[]"],
    int32Data: [5, "int32[]"],
    int64Data: [7, "int64[]"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    doubleData: [10, "double[]"],
    uint64Data: [11, "uint64[]"],
    externalData: [13, "StringPair[]"],
    dataLocation: [14, "int32"],
  },
  SparseTensor: { values: [1, "Tensor"] },
  Function: {
    name: [1, "string"],
    input: [4, "string[]"],
    output: [5, "string[]"],
    node: [7, "Node[]"],
    domain: [10, "string"],
    attributeProto: [11, "Attribute[]"],
    overload: [13, "string"],
  },
  StringPair: { key: [1, "string"], value: [2, "string"] },
  ValueInfo: { name: [1, "string"], type: [2, "Type"], metadata: [4, "StringPair[]"] },
  Type: { tensorType: [1, "TensorType"] },
  TensorType: { elemType: [1, "int32"], shape: [2, "TensorShape"] },
  TensorShape: { dim: [1, "Dimension[]"] },
  Dimension: { dimValue: [1, "int64"], dimParam: [2, "string"] },
};

const ROOT = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(MESSAGES).map(([message, fields]) => [message, {
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, [id, type]]) => [field, {
          id,
          type: type.replace("[]", ""),
          ...(type.endsWith("[]") && { rule: "repeated" }),
        }]),
      ),
    }]),
  ),
});

/**
 * Decodes an ONNX file.
 *
 * @param name For messages.
 * @throws {SyntaxError} If it is no ONNX model.
 */
export function decodeModel(name: string, bytes: Uint8Array): ModelMessage {
  let model: ModelMessage;
  try {
    const type = ROOT.lookupType("Model");
    model = type.toObject(type.decode(bytes), {
      longs: Number,
      defaults: true,
      arrays: true,
    }) as ModelMessage;
  } catch (error) {
    throw new SyntaxError(
      `Cannot read ${name}: it is no ONNX model, or cut short (${(error as Error).message}); ` +
        "write it by torch.onnx.export",
    );
  }
  if (!model.graph || model.graph.node.length === 0 || model.opsetImport.length === 0) {
    throw new SyntaxError(
      `Cannot read ${name}: it is no ONNX model with a graph; write it by torch.onnx.export`,
    );
  }
  return model;
}
