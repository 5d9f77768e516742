import { variable } from "../../graph/ops/leaf.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import type { FixedTensor } from "../network.ts";
import type { HostTensor } from "./tensor.ts";

/** Known tensors as values of the graph. */
export interface FixedTensors {
  /** Those of the graphs that were kept. */
  list(): readonly FixedTensor[];
  value(tensor: HostTensor): Value;
  /** Takes down which of them the value depends on. */
  keep(result: Value): void;
}

/** Tensors that are part of the graph, and no part of x: each once, whatever the number of examples. */
export function fixedTensors(): FixedTensors {
  const byContent = new Map<string, { readonly value: Value; readonly fixed: FixedTensor }>();
  const byTensor = new WeakMap<HostTensor, Value>();
  const kept = new Set<Value>();
  return {
    list: () =>
      [...byContent.values()].filter(({ value }) => kept.has(value)).map(({ fixed }) => fixed),
    keep(result) {
      // What no graph needs, such as a state before the first step, no engine has a place for.
      for (const value of topologicalOrder([result])) {
        if (value.op.name === "variable") kept.add(value);
      }
    },
    value(tensor: HostTensor): Value {
      const known = byTensor.get(tensor);
      if (known) return known;
      const { shape, data } = tensor;
      const content = `${shape}:${data}`;
      let held = byContent.get(content);
      if (!held) {
        const name = `fixed/${byContent.size + 1}`;
        // Masks hold −∞, whose products with 0 would be NaN.
        const values = data.map((entry) => Math.max(-1e30, Math.min(1e30, entry)));
        held = { value: variable(name, shape), fixed: { name, shape, values } };
        byContent.set(content, held);
      }
      byTensor.set(tensor, held.value);
      return held.value;
    },
  };
}
