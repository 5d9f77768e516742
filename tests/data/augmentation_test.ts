import assert from "node:assert/strict";
import {
  augmentBatch,
  drawTransforms,
  PAPER_AUGMENTATION,
  transformImage,
} from "../../lib/data/augmentation.ts";
import stored from "../oracles/augmentation_scipy.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

const SHAPE = [28, 20, 3] as const;

function transformsOf(count: number, epoch = 0, seed = 1) {
  const transformOf = drawTransforms(PAPER_AUGMENTATION, SHAPE, seed, epoch);
  return Array.from({ length: count }, (_, example) => transformOf(example));
}

Deno.test("transformImage() agrees with SciPy's affine_transform, bilinear and nearest", () => {
  const [height = 0, width = 0, channels = 0] = stored.shape;
  const image = new Float32Array(height * width * channels);
  for (let i = 0; i < image.length; i++) {
    const [y, x] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width];
    image[i] = Math.sin(1 + 3.1 * y + 1.7 * x + 0.9 * (i % channels));
  }
  for (const { transform, image: want } of stored.cases) {
    const got = new Float32Array(image.length);
    transformImage(image, [height, width, channels], transform, got);
    assertClose(got, want, { relative: 0, absolute: 2e-7 }); // the result is rounded to float32
  }
});

Deno.test("transformImage() moves the right edge down when it turns by a quarter", () => {
  const image = Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0); // 3 × 3, right of the centre
  const turned = new Float32Array(9);
  const quarter = { flip: false, radians: Math.PI / 2, down: 0, right: 0 };
  transformImage(image, [3, 3, 1], quarter, turned);
  assertClose(turned, [0, 0, 0, 0, 0, 0, 0, 1, 0], { absolute: 1e-15, relative: 0 });
});

Deno.test("transformImage() can do with a single row, column or pixel", () => {
  for (const shape of [[1, 3, 1], [3, 1, 1], [1, 1, 3]] as const) {
    const image = Float32Array.of(1, 1, 1);
    const moved = new Float32Array(3);
    transformImage(image, shape, { flip: true, radians: 0.3, down: 0.4, right: 5 }, moved);
    assert.deepEqual(moved, image);
  }
});

Deno.test("drawTransforms() fills the ranges evenly and independently", () => {
  const drawn = transformsOf(4000);
  const inUnits = [
    drawn.map(({ radians }) => radians / (10 * Math.PI / 180)),
    drawn.map(({ down }) => down / (0.2 * 28)),
    drawn.map(({ right }) => right / (0.2 * 20)),
    drawn.map(({ flip }) => flip ? 1 : -1),
  ];
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
  inUnits.forEach((values, k) => {
    assert.ok(values.every((value) => Math.abs(value) <= 1));
    const sd = Math.sqrt((k === 3 ? 1 : 1 / 3) / 4000);
    assert.ok(Math.abs(product(values, values.map(() => 1))) < 4 * sd, `mean ${k}`);
    assert.ok(Math.abs(product(values, values) - (k === 3 ? 1 : 1 / 3)) < 0.03, `variance ${k}`);
    inUnits.slice(k + 1).forEach((others, j) => {
      assert.ok(Math.abs(product(values, others)) < 4 * sd, `covariance ${k}, ${k + 1 + j}`);
    });
    inUnits.forEach((others, j) => {
      const next = product(values.slice(0, -1), others.slice(1));
      assert.ok(Math.abs(next) < 4 * sd, `covariance of ${k} with the next example's ${j}`);
    });
  });
});

Deno.test("drawTransforms() depends on seed, epoch and example alone", () => {
  const drawn = transformsOf(10);
  const transformOf = drawTransforms(PAPER_AUGMENTATION, SHAPE, 1, 0);
  for (const example of [9, 3, 3, 0]) assert.deepEqual(transformOf(example), drawn[example]);
  assert.notDeepEqual(transformsOf(10, 1), drawn);
  assert.notDeepEqual(transformsOf(10, 0, 2), drawn);
  assert.equal(new Set(drawn.map(({ radians }) => radians)).size, 10);
});

Deno.test("drawTransforms() moves nothing without limits, and refuses impossible ones", () => {
  const still = drawTransforms({ flip: false, rotationDegrees: 0, shift: 0 }, SHAPE, 1, 0)(5);
  assert.deepEqual(Object.values(still).map(Number).map(Math.abs), [0, 0, 0, 0]);
  for (const wrong of [{ rotationDegrees: -1 }, { rotationDegrees: NaN }, { shift: 1.1 }]) {
    assert.throws(
      () => drawTransforms({ ...PAPER_AUGMENTATION, ...wrong }, SHAPE, 1, 0),
      /^RangeError: Cannot (rotate|shift) images by up to/,
    );
  }
});

Deno.test("augmentBatch() gives an example the same picture in any batch", () => {
  const shape = [6, 5, 1] as const;
  const image = (example: number) =>
    Float32Array.from({ length: 30 }, (_, i) => Math.cos(i * (example + 1)));
  const augmented = (examples: number[]) => {
    const features = Float32Array.from(examples.flatMap((example) => [...image(example)]));
    const labels = Int32Array.from(examples);
    const transformOf = drawTransforms(PAPER_AUGMENTATION, shape, 3, 2);
    const batch = augmentBatch(
      { features, labels },
      shape,
      Uint32Array.from(examples),
      transformOf,
    );
    assert.deepEqual(batch.labels, labels);
    assert.deepEqual(features.subarray(0, 30), image(examples[0]!)); // not changed
    return examples.map((_, row) => batch.features.subarray(row * 30, (row + 1) * 30));
  };
  const [first, second, third] = augmented([4, 1, 8]);
  const [thirdAgain, firstAgain] = augmented([8, 4]);
  assert.deepEqual([firstAgain, thirdAgain], [first, third]);
  assert.notDeepEqual(second, image(1));
  assert.throws(
    () =>
      augmentBatch(
        { features: new Float32Array(29), labels: Int32Array.of(0) },
        shape,
        Uint32Array.of(0),
        drawTransforms(PAPER_AUGMENTATION, shape, 3, 2),
      ),
    /^TypeError: Cannot augment 1 images of shape \[6,5,1\]: got 29 features/,
  );
});
