/** An ONNX file as Basin uses it: one input, the nodes that an output needs, the tensors it holds. */
import type { Shape } from "../../graph/shape.ts";
import {
  decodeModel,
  type ModelMessage,
  type NodeMessage,
  type ValueInfoMessage,
} from "./messages.ts";
import { nodeOf, type OnnxNode } from "./node.ts";
import { RULES } from "./rules.ts";
import { type HostTensor, hostTensorOf, isFloatType, type ReadExternal } from "./tensor.ts";

/** A model that was read and found to be of ops that Basin knows. */
export interface OnnxModel {
  /** For messages. */
  readonly name: string;
  /** `pytorch 2.5.0` */
  readonly producer: string;
  readonly opset: number;
  readonly input: OnnxInput;
  /** Name of the value that counts as the output. */
  readonly output: string;
  /** The nodes that the output needs, every one after those that it reads. */
  readonly nodes: readonly OnnxNode[];
  /** The tensors that the file holds and these nodes read. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Names of tensors that the exporter says are no parameters. */
  readonly buffers: ReadonlySet<string>;
  /** Names of all outputs. */
  readonly outputs: readonly string[];
  /** Names of tensors that no node reads. */
  readonly unused: readonly string[];
}

/** The examples, as the file declares them. */
export interface OnnxInput {
  readonly name: string;
  /** Whether they are real numbers, and not whole ones such as tokens. */
  readonly isFloat: boolean;
  /** Number of examples; `undefined` where the file leaves it open. */
  readonly batch: number | undefined;
  /** Of one example; `undefined` for extents that the file leaves open. */
  readonly shape: readonly (number | undefined)[];
}

/** Domains whose version is that of ONNX's own ops. */
const OWN_DOMAINS = new Set(["", "ai.onnx"]);

/** Domains whose ops are ONNX's own, or the same ones under another roof. */
const DOMAINS = new Set([...OWN_DOMAINS, "com.microsoft"]);

/** Ops of classical models that Basin knows. */
const CLASSICAL = new Set(["Scaler", "ZipMap"]);

/** ONNX's number of float32, what an output is that says nothing else. */
const FLOAT = 1;

/** Opsets whose ops mean what the rules say. */
const OPSETS = { least: 7, most: 25 } as const;

/**
 * Reads a model.
 *
 * @param output The value that counts as the output; by default the file's first.
 * @throws {SyntaxError} If it is no ONNX model.
 * @throws {RangeError} If it has ops that Basin does not know, or not one input of examples.
 */
export function readModel(
  name: string,
  bytes: Uint8Array,
  readExternal: ReadExternal,
  output?: string,
): OnnxModel {
  const message = decodeModel(name, bytes);
  const graph = message.graph!;
  const opset = message.opsetImport.find(({ domain }) => OWN_DOMAINS.has(domain))?.version ?? 0;
  if (opset < OPSETS.least || opset > OPSETS.most) {
    throw new RangeError(
      `Cannot import ${name}: it is of opset ${opset}; Basin knows ${OPSETS.least} to ` +
        `${OPSETS.most}, so export it with opset_version=17`,
    );
  }
  const outputs = graph.output.map((each) => each.name);
  const wanted = output ?? defaultOutput(message);
  const needed = wanted === undefined ? undefined : neededNodes(message, wanted);
  if (needed === undefined) {
    throw new RangeError(
      `Cannot import ${name}: it has no output ${wanted ?? ""}; its outputs are ${
        outputs.join(", ")
      }`,
    );
  }
  refuseUnknown(name, opset, needed);
  const aliases = aliasesOf(message);
  const nodes = needed.map((node) =>
    nodeOf({ ...node, input: node.input.map((each) => aliases.get(each) ?? each) }, readExternal)
  );
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), wanted]);
  const held = graph.initializer.filter((tensor) => read.has(tensor.name));
  const heldNames = new Set(graph.initializer.map((tensor) => tensor.name));
  const tensors = new Map(held.map((tensor) => [tensor.name, hostTensorOf(tensor, readExternal)]));
  const inputs = graph.input.filter((each) => !heldNames.has(each.name) && read.has(each.name));
  if (inputs.length !== 1) {
    throw new RangeError(
      `Cannot import ${name}: it has ${inputs.length} inputs (${
        inputs.map((each) => each.name).join(", ")
      }); Basin feeds one, the examples`,
    );
  }
  return {
    name,
    producer: `${message.producerName} ${message.producerVersion}`.trim() || "an unnamed program",
    opset,
    input: inputOf(name, inputs[0]!),
    output: wanted!,
    outputs,
    nodes,
    tensors,
    buffers: new Set(graph.valueInfo.filter(isBuffer).map((each) => each.name)),
    unused: [...heldNames].filter((each) => !read.has(each)),
  };
}

/** Other names of tensors: exporters hand on one that several modules share by nodes `Identity`. */
function aliasesOf({ graph }: ModelMessage): Map<string, string> {
  const aliases = new Map<string, string>();
  const held = new Set(graph!.initializer.map(({ name }) => name));
  for (const { opType, input: [from], output: [to] } of graph!.node) {
    const tensor = aliases.get(from!) ?? from!;
    if (opType === "Identity" && held.has(tensor)) aliases.set(to!, tensor);
  }
  return aliases;
}

/** The first output of real numbers that known ops make, such as probabilities beside labels. */
function defaultOutput(message: ModelMessage): string | undefined {
  const { output } = message.graph!;
  const found = output.find(({ name, type }) =>
    isFloatType(type?.tensorType?.elemType ?? FLOAT) &&
    neededNodes(message, name)?.every(isKnown)
  );
  return (found ?? output[0])?.name;
}

/** Whether PyTorch says that training does not change a tensor. */
function isBuffer({ metadata }: ValueInfoMessage): boolean {
  return metadata.some(({ key, value }) => key.endsWith("InputSpec.kind") && value === "BUFFER");
}

function isKnown({ opType, domain }: NodeMessage): boolean {
  const isOwn = DOMAINS.has(domain) || domain === "ai.onnx.ml" && CLASSICAL.has(opType);
  return isOwn && Object.hasOwn(RULES, opType);
}

/** The nodes that a value needs, in their order; `undefined` if nothing makes it. */
function neededNodes({ graph }: ModelMessage, wanted: string) {
  const makers = new Map(
    graph!.node.flatMap((node) => node.output.map((output) => [output, node] as const)),
  );
  if (!makers.has(wanted)) return undefined;
  const needed = new Set<string>();
  const open = [wanted];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === "" || needed.has(value)) continue;
    needed.add(value);
    open.push(...makers.get(value)?.input ?? []);
  }
  return graph!.node.filter((node) => node.output.some((output) => needed.has(output)));
}

function refuseUnknown(
  name: string,
  opset: number,
  nodes: NonNullable<ReturnType<typeof neededNodes>>,
): void {
  const unknown = new Map<string, { count: number; first: string }>();
  for (const node of nodes) {
    if (isKnown(node)) continue;
    const { opType, domain, name: own, output } = node;
    const op = DOMAINS.has(domain) ? opType : `${domain}.${opType}`;
    const { count, first } = unknown.get(op) ?? { count: 0, first: own || output[0]! };
    unknown.set(op, { count: count + 1, first });
  }
  if (unknown.size === 0) return;
  const list = [...unknown].map(([op, { count, first }]) =>
    `${op} (${count === 1 ? "1 node" : `${count} nodes`}, the first ${first})`
  );
  throw new RangeError(
    `Cannot import ${name}, opset ${opset}: Basin does not know ${list.join(", ")}; it knows ` +
      Object.keys(RULES).sort().join(", "),
  );
}

function inputOf(model: string, { name, type }: ValueInfoMessage): OnnxInput {
  const tensor = type?.tensorType;
  const dims = tensor?.shape?.dim;
  if (!dims || dims.length === 0) {
    throw new RangeError(
      `Cannot import ${model}: its input ${name} has no axis of examples; export it with one`,
    );
  }
  const [batch, ...shape] = dims.map(({ dimValue }) => dimValue > 0 ? dimValue : undefined);
  return { name, isFloat: isFloatType(tensor.elemType), batch, shape };
}

/** The shape of an example, its open extents taken from the data. @throws {RangeError} If it cannot. */
export function exampleShape({ name, input }: OnnxModel, data: Shape): Shape {
  if (input.shape.every((extent) => extent !== undefined)) return input.shape as Shape;
  if (data.length === input.shape.length) return input.shape.map((extent, i) => extent ?? data[i]!);
  throw new RangeError(
    `Cannot feed ${name}: its examples have ${input.shape.length} axes ` +
      `([${input.shape.map((extent) => extent ?? "?").join(", ")}]), the data's ${data.length} ` +
      `([${data.join(", ")}]); give data of the model's shape`,
  );
}
