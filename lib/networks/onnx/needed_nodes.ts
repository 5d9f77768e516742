import type { ModelMessage, NodeMessage } from "./messages.ts";

/**
 * The nodes that a value needs, every one after those that it reads, whatever the order in the file.
 *
 * @returns `undefined` if no node makes it.
 * @throws {RangeError} If nodes need each other in a circle, or nothing makes what one reads.
 */
export function neededNodes(
  name: string,
  { graph }: ModelMessage,
  wanted: string,
): NodeMessage[] | undefined {
  const makers = new Map(
    graph!.node.flatMap((node) => node.output.map((output) => [output, node] as const)),
  );
  if (!makers.has(wanted)) return undefined;
  const sparse = graph!.sparseInitializer.map(({ values }) => ({ name: values?.name ?? "" }));
  const given = new Set(
    [...graph!.initializer, ...graph!.input, ...sparse].map((each) => each.name),
  );
  const done = new Set<NodeMessage>();
  const open: { readonly node: NodeMessage; next: number }[] = [];
  const onWay = new Set<NodeMessage>();
  const visit = (value: string, reader?: NodeMessage) => {
    if (value === "") return;
    const node = makers.get(value);
    if (!node || given.has(value)) {
      if (given.has(value)) return;
      throw new RangeError(
        `Cannot import ${name}: nothing makes ${value}, which node ${labelOf(reader!)} reads; ` +
          "export the model again",
      );
    }
    if (done.has(node)) return;
    if (onWay.has(node)) {
      throw new RangeError(
        `Cannot import ${name}: node ${labelOf(node)} needs its own result; export the model again`,
      );
    }
    onWay.add(node);
    open.push({ node, next: 0 });
  };
  visit(wanted);
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const value = top.node.input[top.next++];
    if (value !== undefined) visit(value, top.node);
    else {
      done.add(top.node);
      onWay.delete(open.pop()!.node);
    }
  }
  return [...done];
}

/** How messages name a node. */
export function labelOf({ name, output, opType }: NodeMessage): string {
  return `${name || output.find((each) => each !== "")} (${opType})`;
}
