/** Files with several examples fixed: shapes that have their number written in become free. */
import { makersOf } from "./makers.ts";
import type { OnnxModel } from "./model.ts";
import { type HostTensor, vector } from "./tensor.ts";

/** What the first extent of a wanted shape becomes. */
const FREED: Readonly<Record<string, (extents: readonly number[], examples: number) => number>> = {
  // The rest of the entries, or the input's own extent where another one is the rest.
  Reshape: ([first, ...rest], examples) => {
    if (first! <= 0 || first! % examples !== 0) return first!;
    if (!rest.includes(-1)) return -1;
    return first === examples ? 0 : first!;
  },
  // One, which goes with as many as there are.
  Expand: ([first], examples) => first === examples ? 1 : first!,
  ConstantOfShape: ([first], examples) => first === examples ? 1 : first!,
};

/**
 * The model for any number of examples. Where the first extent of a shape has to do with their number,
 * it may be for another reason: the caller sees whether examples mix.
 */
export function withFreeExamples(model: OnnxModel): OnnxModel {
  const examples = model.input.batch;
  if (examples === undefined || examples === 1) return model;
  const { tensor } = makersOf(model);
  const tensors = new Map(model.tensors);
  const nodes = model.nodes.map((node) => {
    const place = node.opType === "ConstantOfShape" ? 0 : 1;
    const free = FREED[node.opType];
    const wanted: HostTensor | undefined = free && tensor(node.inputs[place] ?? "");
    if (!free || !wanted || wanted.data.length === 0) return node;
    const extents = [...wanted.data];
    // No exporter's name has a space in this place.
    const name = `${node.inputs[place]} for any examples of ${node.name}`;
    tensors.set(name, vector(extents.with(0, free(extents, examples))));
    return { ...node, inputs: node.inputs.with(place, name) };
  });
  return { ...model, nodes, tensors, input: { ...model.input, batch: undefined } };
}
