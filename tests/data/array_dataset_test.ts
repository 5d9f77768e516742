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
  // Zeros and ones that are no rows of one class.
  const zeros = use({ x, y: table([2, 2], [1, 0, 1, 1]) });
  assert.deepEqual([[...zeros.dataset.labels], zeros.dataset.classes], [[1, 0, 1, 1], 2]);
});

Deno.test("datasetOfArrays() names the first example that does not fit", () => {
  const x = table([2, 1], [1, 2]);
  const y = table([2], [0, 1]);
  const wrongs: [Record<string, NumericTable>, RegExp][] = [
    [{ x }, /Cannot find the labels in a\.npz: none of its arrays \(x\)/],
    [{ y }, /Cannot find the examples/],
    [{ x, y: table([3], [0, 1, 1]) }, /x has 2 examples, y 3 labels/],
    [{ x, y: table([2], [NaN, 1]) }, /example 0 has the target NaN in y; want finite numbers/],
    [{ x, y: table([2, 2], [1, 0, 1, 1e39]) }, /example 1 has the target 1e\+39 in y/],
    [{ x, y: table([3, 2], [0, 1, 2, 3, 4, 0.5]) }, /x has 2 examples, y 3 targets/],
    [{ x, y, weights: table([3], [1, 1, 1]) }, /2 examples have 3 weights; want one each/],
    [{ x, y, weight: table([2], [1, -0.5]) }, /example 1 has the weight -0\.5; want finite/],
    [{ x, y, weight: table([2], [NaN, 1]) }, /example 0 has the weight NaN/],
    [{ x, y, weights: table([2], [0, 0]) }, /all weights are 0/],
    [{ x: table([2, 1], [1, Infinity]), y }, /feature 0 of example 1 is Infinity/],
    [{ x: table([0, 1], []), y: table([0], []) }, /it has no examples/],
  ];
  for (const [arrays, message] of wrongs) assert.throws(() => use(arrays), message);
});

Deno.test("datasetOfArrays() takes real numbers for targets, and keeps labels as numbers too", () => {
  const x = table([2, 1], [1, 2]);
  const real = use({ x, target: table([2, 2], [1, 0.5, -2, 3]), weights: table([2], [3, 0]) });
  const { labels, classes, targets, weights } = real.dataset;
  assert.deepEqual([[...labels], classes], [[], 0]);
  assert.deepEqual([[...targets!.values], targets!.shape], [[1, 0.5, -2, 3], [2]]);
  assert.deepEqual([...weights!], [3, 0]);
  assert.match(
    real.understood.join(". "),
    /target \[2,2\] f4 are the targets, numbers.*weights \[2\]/,
  );
  for (const data of [[0, -1], [0, 0.5]]) {
    assert.deepEqual([...use({ x, y: table([2], data) }).dataset.labels], []);
  }
  const { dataset } = use({ x, y: table([2], [0, 7], "i8") });
  assert.deepEqual([[...dataset.labels], [...dataset.targets!.values]], [[0, 7], [0, 7]]);
});

Deno.test("datasetOfColumns() takes the column of labels, wherever it is", () => {
  const column = (...numbers: number[]) => Float64Array.from(numbers);
  const columns = [column(1, 2), column(1, 0), column(5, 6)];
  const { dataset } = datasetOfColumns("a.csv", { names: ["a", "Label", "b"], columns });
  assert.deepEqual([...dataset.features], [1, 5, 2, 6]);
  assert.deepEqual([...dataset.labels], [1, 0]);
  // Several numbered ones are a vector.
  const of = (...names: string[]) => datasetOfColumns("a.csv", { names, columns }).dataset;
  const two = of("y_1", "a", "y_2");
  assert.deepEqual([[...two.features], [...two.targets!.values]], [[1, 0], [1, 5, 2, 6]]);
  const weighted = of("weight", "a", "y");
  assert.deepEqual([[...weighted.features], [...weighted.weights!]], [[1, 0], [1, 2]]);
  const feature =
    datasetOfColumns("a.csv", { names: ["weight", "a", "y"], columns }, false).dataset;
  assert.deepEqual([[...feature.features], feature.weights], [[1, 1, 2, 0], undefined]);
  assert.deepEqual([...of("a", "b", "target1").targets!.shape], []);
  assert.throws(
    () => datasetOfColumns("a.csv", { names: ["a", "b", "c"], columns }),
    /no column is called .*label.*; its columns are a, b, c/,
  );
});

Deno.test("datasetOfArrays() names a number that float32 does not hold as it stands in the file", () => {
  const arrays = { x: table([2, 2], [1, 2, 3, -1e300], "f8"), y: table([2], [0, 1]) };
  assert.throws(() => use(arrays), {
    name: "RangeError",
    message: "Cannot use a.npz: feature 1 of example 1 is -1e+300, more than float32 holds " +
      "(3.4e38); scale the examples down",
  });
});
