import type { AttributeMessage, NodeMessage } from "./messages.ts";
import { type HostTensor, hostTensorOf, type ReadExternal } from "./tensor.ts";

/** A node with its attributes by name. */
export interface OnnxNode {
  readonly opType: string;
  /** For messages: its name in the file, or its first output. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A whole number. */
  int(name: string, fallback: number): number;
  /** A real number. */
  float(name: string, fallback: number): number;
  /** Real numbers; `undefined` if there are none. */
  floats(name: string): readonly number[] | undefined;
  /** Whole numbers; `undefined` if there are none. */
  ints(name: string): readonly number[] | undefined;
  text(name: string, fallback: string): string;
  tensor(name: string): HostTensor | undefined;
  has(name: string): boolean;
}

/** Reads a node. */
export function nodeOf(message: NodeMessage, readExternal: ReadExternal): OnnxNode {
  const attributes = new Map<string, AttributeMessage>(
    message.attribute.map((attribute) => [attribute.name, attribute]),
  );
  return {
    opType: message.opType,
    name: message.name || message.output.find((each) => each !== "") || message.opType,
    inputs: message.input,
    outputs: message.output,
    int: (name, fallback) => attributes.get(name)?.i ?? fallback,
    float: (name, fallback) => attributes.get(name)?.f ?? fallback,
    floats: (name) => attributes.get(name)?.floats,
    ints: (name) => attributes.get(name)?.ints,
    text: (name, fallback) => {
      const bytes = attributes.get(name)?.s;
      return bytes ? new TextDecoder().decode(bytes) : fallback;
    },
    tensor: (name) => {
      const message = attributes.get(name)?.t;
      return message ? hostTensorOf(message, readExternal) : undefined;
    },
    has: (name) => attributes.has(name),
  };
}
