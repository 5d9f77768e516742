/** Functions that a file defines for itself: their nodes take the places of the calls. */
import type { AttributeMessage, FunctionMessage, ModelMessage, NodeMessage } from "./messages.ts";

/** Functions may call functions; none that ends does so more often. */
const MOST_LEVELS = 64;

const keyOf = (domain: string, name: string, overload: string) => `${domain}:${name}:${overload}`;

/**
 * The model without calls of its own functions.
 *
 * @throws {RangeError} If a function calls itself.
 */
export function withoutFunctions(name: string, message: ModelMessage): ModelMessage {
  if (message.functions.length === 0) return message;
  const functions = new Map(
    message.functions.map((each) => [keyOf(each.domain, each.name, each.overload), each] as const),
  );
  const calledBy = ({ domain, opType, overload }: NodeMessage) =>
    functions.get(keyOf(domain, opType, overload));
  let nodes = message.graph!.node;
  for (let level = 0; level < MOST_LEVELS; level++) {
    if (!nodes.some(calledBy)) return { ...message, graph: { ...message.graph!, node: nodes } };
    nodes = nodes.flatMap((node, place) => {
      const called = calledBy(node);
      return called ? bodyOf(node, called, `${level}.${place}`) : [node];
    });
  }
  throw new RangeError(
    `Cannot import ${name}: one of its functions (${
      message.functions.map((each) => each.name).join(", ")
    }) calls itself; export it without`,
  );
}

/** The nodes of a function, on the values of a call. */
function bodyOf(call: NodeMessage, called: FunctionMessage, place: string): NodeMessage[] {
  const names = new Map(called.input.map((name, i) => [name, call.input[i] ?? ""] as const));
  const copies: NodeMessage[] = [];
  called.output.forEach((name, i) => {
    const given = call.output[i];
    if (!given) return;
    const known = names.get(name);
    // One that is an input too, or another output, has a name already.
    if (known === undefined) names.set(name, given);
    else if (known !== "") copies.push(identity(known, given));
  });
  const prefix = `${call.name || call.output[0]}/${place}/`;
  const renamed = (name: string) => name === "" ? "" : names.get(name) ?? `${prefix}${name}`;
  const given = new Map([...called.attributeProto, ...call.attribute].map((each) => [
    each.name,
    each,
  ]));
  const body = called.node.map((node) => ({
    ...node,
    name: `${prefix}${node.name}`,
    input: node.input.map(renamed),
    output: node.output.map(renamed),
    attribute: node.attribute.flatMap((each): AttributeMessage[] => {
      if (each.refAttrName === "") return [each];
      const value = given.get(each.refAttrName);
      return value ? [{ ...value, name: each.name }] : [];
    }),
  }));
  return [...body, ...copies];
}

function identity(from: string, to: string): NodeMessage {
  const [input, output] = [[from], [to]];
  return { input, output, name: to, opType: "Identity", domain: "", overload: "", attribute: [] };
}
