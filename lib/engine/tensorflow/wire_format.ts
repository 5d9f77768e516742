/** The few protocol-buffer messages of TensorFlow's GraphDef and SavedModel that Basin writes. */
import protobuf from "protobufjs/minimal.js";
import type { Shape } from "../../graph/shape.ts";
import type { TensorFlowAttribute, TensorFlowType } from "../../graph/tensorflow_emitter.ts";

type Message = (writer: protobuf.Writer) => void;

/** tensorflow/core/framework/types.proto */
const DATA_TYPE: Record<TensorFlowType, number> = {
  float32: 1,
  float64: 2,
  int32: 3,
  int64: 9,
  bool: 10,
  uint64: 23,
};

const LENGTH_DELIMITED = 2;
const VARINT = 0;
const FIXED32 = 5;

function tag(writer: protobuf.Writer, field: number, wireType: number): protobuf.Writer {
  return writer.uint32((field << 3) | wireType);
}

function message(writer: protobuf.Writer, field: number, body: Message): void {
  tag(writer, field, LENGTH_DELIMITED).fork();
  body(writer);
  writer.ldelim();
}

function text(writer: protobuf.Writer, field: number, value: string): void {
  tag(writer, field, LENGTH_DELIMITED).string(value);
}

/** TensorShapeProto { repeated Dim dim = 2 { int64 size = 1 } } */
function tensorShape(writer: protobuf.Writer, shape: Shape): void {
  for (const extent of shape) message(writer, 2, (dim) => tag(dim, 1, VARINT).int64(extent));
}

/** TensorProto { dtype = 1, tensor_shape = 2, tensor_content = 4 } */
export interface ConstantTensor {
  readonly dtype: TensorFlowType;
  readonly shape: Shape;
  readonly content: Uint8Array;
}

function tensor(writer: protobuf.Writer, { dtype, shape, content }: ConstantTensor): void {
  tag(writer, 1, VARINT).int32(DATA_TYPE[dtype]);
  message(writer, 2, (body) => tensorShape(body, shape));
  tag(writer, 4, LENGTH_DELIMITED).bytes(content);
}

/** AttrValue { list = 1, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7, tensor = 8 } */
function attribute(
  writer: protobuf.Writer,
  value: TensorFlowAttribute | { readonly tensor: ConstantTensor },
): void {
  if ("type" in value) tag(writer, 6, VARINT).int32(DATA_TYPE[value.type]);
  else if ("int" in value) tag(writer, 3, VARINT).int64(value.int);
  else if ("float" in value) tag(writer, 4, FIXED32).float(value.float);
  else if ("bool" in value) tag(writer, 5, VARINT).bool(value.bool);
  else if ("string" in value) text(writer, 2, value.string);
  else if ("shape" in value) message(writer, 7, (body) => tensorShape(body, value.shape));
  else if ("tensor" in value) message(writer, 8, (body) => tensor(body, value.tensor));
  else {
    message(
      writer,
      1,
      (list) => message(list, 3, (packed) => value.ints.forEach((entry) => packed.int64(entry))),
    );
  }
}

/** NodeDef { name = 1, op = 2, input = 3, attr = 5 } */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<
    Record<string, TensorFlowAttribute | { readonly tensor: ConstantTensor }>
  >;
}

function node(writer: protobuf.Writer, { name, op, inputs, attributes }: NodeDef): void {
  text(writer, 1, name);
  text(writer, 2, op);
  for (const input of inputs) text(writer, 3, input);
  for (const [key, value] of Object.entries(attributes)) {
    message(writer, 5, (entry) => {
      text(entry, 1, key);
      message(entry, 2, (body) => attribute(body, value));
    });
  }
}

/** Version of the graph format that the nodes are written for (TF 2.21's consumer range). */
const PRODUCER = 2000;

/**
 * SavedModel { saved_model_schema_version = 1, meta_graphs = 2 { meta_info_def = 1 { tags = 4 },
 * graph_def = 2 { node = 1, versions = 4 { producer = 1 } } } }
 */
export function savedModelBytes(nodes: readonly NodeDef[]): Uint8Array {
  const writer = protobuf.Writer.create();
  tag(writer, 1, VARINT).int64(1);
  message(writer, 2, (metaGraph) => {
    message(metaGraph, 1, (info) => text(info, 4, "serve"));
    message(metaGraph, 2, (graph) => {
      for (const definition of nodes) message(graph, 1, (body) => node(body, definition));
      message(graph, 4, (versions) => tag(versions, 1, VARINT).int32(PRODUCER));
    });
  });
  return writer.finish();
}
