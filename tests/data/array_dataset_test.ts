import assert from "node:assert/strict";
import { datasetOfArrays, datasetOfColumns } from "../../lib/data/array_dataset.ts";
import type { NumericTable } from "../../lib/data/formats/npy.ts";

function table(shape: number[], data: number[], dtype = "f4"): NumericTable {
  return { shape, data: Float64Array.from(data), dtype };
}

const use = (arrays: Record<string, NumericTable>) =>
  datasetOfArrays("a.npz", new Map(Object.entries(arrays)));

Deno.test("datasetOfArrays() takes features and labels by their usual names", () => {
  const x = table([2, 2], [0.5, -1, 2, 3]);
  const y = table([2], [2, 0], "i8");
  for (
    const [features, labels] of [["x", "y"], ["X", "Y"], ["images", "labels"], ["x_test", "y_test"]]
  ) {
    const { dataset } = use({ other: y, [features!]: x, [labels!]: y });
    assert.deepEqual([...dataset.features], [0.5, -1, 2, 3]);
    assert.deepEqual([...dataset.labels], [2, 0]);
    assert.deepEqual([dataset.count, dataset.classes, dataset.featureShape], [2, 3, [2]]);
  }
});

Deno.test("datasetOfArrays() scales bytes, moves channels to the end, and reads one-hot labels", () => {
  const pixels = Array.from({ length: 12 }, (_, i) => i * 20);
  const { dataset, understood } = use({
    x: table([1, 3, 2, 2], pixels, "u1"),
    y: table([1, 4], [0, 0, 1, 0]),
  });
  assert.deepEqual(dataset.featureShape, [2, 2, 3]);
  const byHand = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11].map((i) => Math.fround(i * 20 / 255));
  assert.deepEqual([...dataset.features], byHand);
  assert.deepEqual([[...dataset.labels], dataset.classes], [[2], 4]);
  assert.match(understood.join(". "), /divided by 255.*channel.*4 classes/);
  // By pixel already: stays.
  const last = use({ x: table([1, 2, 2, 3], pixels, "u1"), y: table([1], [0]) }).dataset;
  assert.deepEqual([...last.features], pixels.map((p) => Math.fround(p / 255)));
});

Deno.test("datasetOfArrays() takes several labels of an example as those of its positions", () => {
  const x = table([2, 3], [0, 1, 2, 2, 1, 0]);
  const { dataset } = use({ x, y: table([2, 3], [1, 2, 2, 1, 0, 3]) });
  assert.deepEqual([...dataset.labels], [1, 2, 2, 1, 0, 3]);
  assert.deepEqual([dataset.count, dataset.classes], [2, 4]);
  // Images with a label a pixel.
  const pixels = use({ x, y: table([2, 1, 2], [0, 1, 1, 0]) });
  assert.deepEqual([...pixels.dataset.labels], [0, 1, 1, 0]);
  assert.throws(
    () => use({ x, y: table([2, 3], [1, 2, 2, 1, 0.5, 3]) }),
    /label 1 in y is 0\.5; want whole numbers/,
  );
});

Deno.test("datasetOfArrays() names the first example that does not fit", () => {
  const x = table([2, 1], [1, 2]);
  const y = table([2], [0, 1]);
  const wrongs: [Record<string, NumericTable>, RegExp][] = [
    [{ x }, /Cannot find the labels in a\.npz: none of its arrays \(x\)/],
    [{ y }, /Cannot find the examples/],
    [{ x, y: table([3], [0, 1, 1]) }, /x has 2 examples, y 3 labels/],
    [{ x, y: table([2], [0, 0.5]) }, /label 1 in y is 0\.5; want whole numbers from 0/],
    [{ x, y: table([2], [0, -1]) }, /label 1 in y is -1/],
    [{ x, y: table([2], [NaN, 1]) }, /label 0 in y is NaN/],
    [{ x, y: table([2, 2], [1, 0, 1, 1]) }, /row 1 of y is \[1, 1\]; want a single 1/],
    [{ x: table([2, 1], [1, Infinity]), y }, /feature 0 of example 1 is Infinity/],
    [{ x: table([0, 1], []), y: table([0], []) }, /it has no examples/],
  ];
  for (const [arrays, message] of wrongs) assert.throws(() => use(arrays), message);
});

Deno.test("datasetOfColumns() takes the column of labels, wherever it is", () => {
  const column = (...numbers: number[]) => Float64Array.from(numbers);
  const columns = [column(1, 2), column(1, 0), column(5, 6)];
  const { dataset } = datasetOfColumns("a.csv", { names: ["a", "Label", "b"], columns });
  assert.deepEqual([...dataset.features], [1, 5, 2, 6]);
  assert.deepEqual([...dataset.labels], [1, 0]);
  assert.throws(
    () => datasetOfColumns("a.csv", { names: ["a", "b", "c"], columns }),
    /no column is called .*label.*; its columns are a, b, c/,
  );
});
