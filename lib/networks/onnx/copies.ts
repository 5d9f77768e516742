/** Tensors of a file that are one: exporters fold a transposed copy of tied weights. */
import type { HostTensor } from "./tensor.ts";

/** A tensor with the entries of another one. */
export interface Copy {
  readonly tensor: string;
  /** Whether it is a matrix that is the other one's transpose. */
  readonly isTransposed: boolean;
}

/**
 * Groups tensors of equal entries, each under the first of them.
 *
 * Bits that agree in all of a tensor of various entries are no accident. Tensors of one number
 * throughout, such as untrained biases, stay apart.
 */
export function copiesAmong(
  names: readonly string[],
  tensors: ReadonlyMap<string, HostTensor>,
): Map<string, Copy[]> {
  const groups = new Map<string, Copy[]>();
  const bySize = new Map<number, string[]>();
  for (const name of names) {
    const tensor = tensors.get(name)!;
    const firsts = bySize.get(tensor.data.length) ?? [];
    let isCopy = false;
    for (const first of isVarious(tensor) ? firsts : []) {
      const other = tensors.get(first)!;
      const isTransposed = !isSame(tensor, other);
      if (isTransposed && !isTransposeOf(tensor, other)) continue;
      groups.get(first)!.push({ tensor: name, isTransposed });
      isCopy = true;
      break;
    }
    if (isCopy) continue;
    groups.set(name, []);
    bySize.set(tensor.data.length, [...firsts, name]);
  }
  return groups;
}

function isVarious({ data }: HostTensor): boolean {
  return data.some((entry) => entry !== data[0]);
}

function isSame(a: HostTensor, b: HostTensor): boolean {
  return a.shape.join() === b.shape.join() && a.data.every((entry, i) => entry === b.data[i]);
}

function isTransposeOf(a: HostTensor, b: HostTensor): boolean {
  if (a.shape.length !== 2 || b.shape.length !== 2) return false;
  const [rows, columns] = a.shape as [number, number];
  if (b.shape[0] !== columns || b.shape[1] !== rows) return false;
  return a.data.every((entry, flat) =>
    entry === b.data[(flat % columns) * rows + Math.floor(flat / columns)]
  );
}
