/**
 * A binary min-heap of indices by their breakpoint, in place: the first breakpoints cost O(n) once
 * and O(log n) each, and the others are never sorted.
 *
 * @module
 */

/** Orders `heap` so that times[heap[0]] is the least. */
export function heapify(heap: Int32Array, times: Float64Array): void {
  for (let root = (heap.length >> 1) - 1; root >= 0; root--) {
    siftDown(heap, heap.length, root, times);
  }
}

/**
 * Takes the index of the least time out of the first `size` entries; it then stands at `size − 1`.
 */
export function popLeast(heap: Int32Array, size: number, times: Float64Array): number {
  const least = heap[0]!;
  heap[0] = heap[size - 1]!;
  heap[size - 1] = least;
  siftDown(heap, size - 1, 0, times);
  return least;
}

function siftDown(heap: Int32Array, size: number, root: number, times: Float64Array): void {
  if (root >= size) return;
  const index = heap[root]!;
  const time = times[index]!;
  for (let child = 2 * root + 1; child < size; child = 2 * root + 1) {
    if (child + 1 < size && times[heap[child + 1]!]! < times[heap[child]!]!) child++;
    if (times[heap[child]!]! >= time) break;
    heap[root] = heap[child]!;
    root = child;
  }
  heap[root] = index;
}
