// The files are those of pillow, pyarrow, safetensors and NumPy: tests/oracles/data_files.py.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { decodeIdx } from "../../lib/data/formats/idx_array.ts";
import { decodeImage } from "../../lib/data/formats/image_file.ts";
import { decodeParquet } from "../../lib/data/formats/parquet.ts";
import { datasetOfRows } from "../../lib/data/parquet_dataset.ts";
import { readDataFile } from "../../lib/own_model/data_file.ts";
import oracle from "../oracles/data_files.json" with { type: "json" };
import { damage } from "../support/damage.ts";
import { npzFile } from "../support/npz_file.ts";
import { unzipSync } from "fflate";

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const featuresOf = (pixels: readonly number[]) => Float32Array.from(pixels, (byte) => byte / 255);

/** Files in a folder of their own; the body reads one of them. */
async function withFiles(
  files: Readonly<Record<string, Uint8Array>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "basin-data-" });
  try {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      writeFileSync(`${folder}/${name}`, bytes);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function npyOf(shape: number[], data: number[], isWhole = false): Uint8Array {
  return Object.values(unzipSync(npzFile({ x: { shape, data, isWhole } })))[0]!;
}

Deno.test("decodeImage() gives pillow's pixels: colour, grey, alpha, sixteen bits, palettes, JPEG", () => {
  const { images, colour, grey, decoded } = oracle;
  const of = (name: keyof typeof images) => decodeImage(name, bytesOf(images[name]));
  assert.deepEqual([...of("png").pixels], colour[0]);
  assert.deepEqual([of("png").height, of("png").width, of("png").channels], [5, 6, 3]);
  assert.deepEqual([...of("alpha").pixels], colour[0]);
  assert.deepEqual([of("grey").channels, [...of("grey").pixels]], [1, grey]);
  assert.deepEqual([...of("deep").pixels], grey);
  assert.deepEqual([...of("palette").pixels], decoded.palette);
  // Decoders of JPEG round differently, by a few steps.
  for (const name of ["jpeg", "greyJpeg"] as const) {
    const { pixels, channels } = of(name);
    assert.equal(channels, name === "jpeg" ? 3 : 1);
    assert.equal(pixels.length, decoded[name].length);
    const most = Math.max(...pixels.map((byte, i) => Math.abs(byte - decoded[name][i]!)));
    assert.ok(most <= 12, `${name}: ${most}`);
  }
  for (const name of ["png", "jpeg"] as const) {
    for (const { what, bytes } of damage(bytesOf(images[name]), 3)) {
      try {
        decodeImage("a", bytes);
      } catch (error) {
        assert.match((error as Error).message, /^Cannot read a: /, what);
      }
    }
  }
  assert.throws(() => decodeImage("a", new Uint8Array(9)), /neither a PNG nor a JPEG/);
});

Deno.test("datasetOfRows() takes images of Parquet files as the Hugging Face hub has them", async () => {
  for (const file of Object.values(oracle.parquet)) {
    const { dataset } = datasetOfRows("a", await decodeParquet("a", bytesOf(file)));
    assert.equal(dataset.classes, Math.max(...oracle.labels) + 1);
    assert.deepEqual(dataset.featureShape, [5, 6, 3]);
    assert.deepEqual([...dataset.labels], oracle.labels);
    assert.deepEqual(dataset.features, featuresOf(oracle.colour.flat()));
  }
  const { dataset } = datasetOfRows("a", await decodeParquet("a", bytesOf(oracle.numbers)));
  assert.deepEqual(dataset.featureShape, [3]);
  assert.deepEqual(dataset.features, Float32Array.from(oracle.rows));
  await assert.rejects(() => decodeParquet("a", new Uint8Array(20)), /it is no whole Parquet file/);
  for (
    const [rows, message] of [
      [[], /it has no rows/],
      [[{ x: 1 }], /no column is called label.*its columns are x/],
      [[{ x: 1, label: 0 }, { x: "a", label: 1 }], /row 1 has "a" in x; want numbers/],
      [[{ x: 1, z: 2, label: 0 }, { x: 3, z: null, label: 1 }], /row 1 has null in z; want numb/],
      [[{ x: [1, 2], label: 0 }, { x: [1], label: 1 }], /row 1 has 1 numbers in x, row 0 2; give/],
      [[{ x: 1, y: [1, 2] }, { x: 2, y: [1] }], /row 1 has 1 numbers in y, row 0 2; give as many/],
      [[{ x: 1, y: 0.5, weight: -1 }], /example 0 has the weight -1/],
      [[{ image: { bytes: new Uint8Array(3) }, label: 0 }], /row 0 of a: it is neither a PNG/],
      [
        [{ image: { bytes: bytesOf(oracle.pngs[0]!) }, label: "cat" }],
        /row 0 has "cat" in label; want numbers: count classes from 0/,
      ],
    ] as const
  ) {
    assert.throws(() => datasetOfRows("a", rows), message);
  }
});

Deno.test("datasetOfRows() takes numbers and lists for real targets, and a column of weights", () => {
  const rows = [{ x: 1, y: [0.5, 2], weight: 3n }, { x: 4, y: [1, -1], weight: 1n }];
  const { dataset: { features, targets, weights } } = datasetOfRows("a", rows);
  assert.deepEqual([...features], [1, 4]);
  assert.deepEqual([[...targets!.values], targets!.shape], [[0.5, 2, 1, -1], [2]]);
  assert.deepEqual([...weights!], [3, 1]);
  const unweighted = datasetOfRows("a", rows, false).dataset;
  assert.deepEqual([...unweighted.features], [1, 3, 4, 1]);
  const ages = oracle.pngs.map((png, i) => ({ image: { bytes: bytesOf(png) }, target: i + 0.5 }));
  const { dataset, understood } = datasetOfRows("a", ages);
  assert.deepEqual([...dataset.targets!.values], oracle.pngs.map((_, i) => i + 0.5));
  assert.match(
    understood.join(". "),
    /image are the images.*target \[\d\] f8 are the targets, numbers/,
  );
});

Deno.test("readDataFile() takes a folder of images by class, and names two that differ in size", async () => {
  const [a, b, c] = oracle.pngs.map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array];
  const files = { "dog/1.png": a, "cat/2.PNG": b, "cat/1.png": c, "cat/notes.txt": a };
  await withFiles(files, async (folder) => {
    const { dataset, understood } = await readDataFile(folder);
    assert.deepEqual([...dataset.labels], [0, 0, 1]);
    const pixels = [2, 1, 0].flatMap((i) => oracle.colour[i]!);
    assert.deepEqual(dataset.features, featuresOf(pixels));
    assert.match(understood[0]!, /classes in the order of their folders: cat, dog/);
    assert.equal(understood[1], "left out, as no .png or .jpg: 1 file, cat/notes.txt");
    for (const name of ["cat/1.webp", "cat/2.bmp", "list.csv"]) {
      writeFileSync(`${folder}/${name}`, a);
    }
    const { understood: more } = await readDataFile(folder);
    assert.equal(
      more[1],
      "left out, as no .png or .jpg: 4 files, list.csv, cat/1.webp, cat/2.bmp, …",
    );
    writeFileSync(`${folder}/dog/2.jpg`, bytesOf(oracle.images.greyJpeg));
    const mixed = await readDataFile(folder);
    assert.match(mixed.understood.at(-1)!, /1 grey images get three equal channels/);
    assert.deepEqual(mixed.dataset.featureShape, [5, 6, 3]);
  });
  await withFiles({ "a/x.txt": a }, async (folder) => {
    await assert.rejects(() => readDataFile(folder), /no folder with \.png or \.jpg files/);
  });
});

Deno.test("readDataFile() takes .npy and IDX files with labels beside them or named", async () => {
  const x = npyOf([4, 3], oracle.rows);
  const y = npyOf([4], oracle.labels, true);
  await withFiles({ "x.npy": x, "y.npy": y, "odd.npy": y, "lone.npy": x }, async (folder) => {
    for (const [file, labels] of [["x.npy", undefined], ["lone.npy", `${folder}/odd.npy`]]) {
      const { dataset } = await readDataFile(`${folder}/${file}`, labels);
      assert.deepEqual(dataset.features, Float32Array.from(oracle.rows));
      assert.deepEqual([...dataset.labels], oracle.labels);
    }
    await assert.rejects(() => readDataFile(`${folder}/lone.npy`), /no labels; name their file/);
    const missing = () => readDataFile(`${folder}/lone.npy`, `${folder}/none.npy`);
    await assert.rejects(missing, /Cannot read the labels .*none\.npy/);
  });
  const files = {
    "t-images-idx3-ubyte.gz": bytesOf(oracle.idxImages),
    "t-labels-idx1-ubyte.gz": bytesOf(oracle.idxLabels),
  };
  await withFiles(files, async (folder) => {
    const { dataset } = await readDataFile(`${folder}/t-images-idx3-ubyte.gz`);
    assert.deepEqual(dataset.featureShape, [5, 6]);
    const red = oracle.colour.flatMap((pixels) => pixels.filter((_, i) => i % 3 === 0));
    assert.deepEqual(dataset.features, featuresOf(red));
    assert.deepEqual([...dataset.labels], oracle.labels);
  });
  const { shape, data, dtype } = decodeIdx("a", bytesOf(oracle.idxFloats));
  assert.deepEqual([shape, dtype], [[4, 3], "f4"]);
  assert.deepEqual(Float32Array.from(data), Float32Array.from(oracle.rows));
  for (const { what, bytes } of damage(bytesOf(oracle.idxFloats), 5)) {
    try {
      decodeIdx("a", bytes);
    } catch (error) {
      assert.match((error as Error).message, /^Cannot read a: /, what);
    }
  }
});

Deno.test("readDataFile() takes safetensors of named arrays", async () => {
  await withFiles({ "d.safetensors": bytesOf(oracle.safetensors) }, async (folder) => {
    const { dataset } = await readDataFile(`${folder}/d.safetensors`);
    assert.deepEqual(dataset.features, Float32Array.from(oracle.rows));
    assert.deepEqual([...dataset.labels], oracle.labels);
  });
});

Deno.test("readDataFile() takes labels that are named in place of a file's own, or of none", async () => {
  const x = { shape: [4, 3], data: oracle.rows, isWhole: false };
  const files = {
    "none.npz": npzFile({ x }),
    "own.npz": npzFile({ x, Y: { shape: [4], data: [9, 9, 9, 9], isWhole: true } }),
    "also.npz": npzFile({ x, labels: { shape: [4], data: [9, 9, 9, 9], isWhole: true } }),
    "d.safetensors": bytesOf(oracle.safetensors),
    "named.npy": npyOf([4], [2, 0, 1, 1], true),
    "short.npy": npyOf([3], [2, 0, 1], true),
  };
  await withFiles(files, async (folder) => {
    for (const data of ["none.npz", "own.npz", "also.npz", "d.safetensors"]) {
      const { dataset } = await readDataFile(`${folder}/${data}`, `${folder}/named.npy`);
      assert.deepEqual([...dataset.labels], [2, 0, 1, 1], data);
      const bad = (labels: string) => readDataFile(`${folder}/${data}`, `${folder}/${labels}`);
      await assert.rejects(bad("gone.npy"), /Cannot read the labels .*gone\.npy: there is no such/);
      await assert.rejects(
        bad("short.npy"),
        /has 4 examples, .*short\.npy 3 labels; give one for each/,
      );
    }
  });
});

Deno.test("readDataFile() reads CSV files in UTF-16, as Excel writes them", async () => {
  const text = "\ufeffa;größe;y\r\n1;2;0\r\n3;4;1\r\n";
  const little = new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  const big = little.map((_, i) => little[i ^ 1]!);
  const files = { "le.csv": little, "be.csv": big, "u8.csv": new TextEncoder().encode(text) };
  await withFiles(files, async (folder) => {
    for (const name of Object.keys(files)) {
      const { dataset } = await readDataFile(`${folder}/${name}`);
      assert.deepEqual([[...dataset.features], [...dataset.labels]], [[1, 2, 3, 4], [0, 1]], name);
    }
  });
});

Deno.test("readDataFile() says which file the labels beside an array are from", async () => {
  const files = { "x.npy": npyOf([2, 1], [3, 4]), "y.npy": npyOf([2], [0, 1], true) };
  await withFiles(files, async (folder) => {
    const { understood } = await readDataFile(`${folder}/x.npy`);
    assert.equal(understood[1], `${folder}/y.npy [2] are the labels, 2 classes`);
  });
});

Deno.test("readDataFile() refuses labels that are named beside files with labels inside", async () => {
  const png = bytesOf(oracle.images.png);
  const files = {
    "t.csv": new TextEncoder().encode("a,y\n1,0\n2,1\n"),
    "t.parquet": bytesOf(oracle.parquet.snappy),
    "images/a/1.png": png,
    "images/b/1.png": png,
    "y.npy": npyOf([2], [0, 1], true),
  };
  await withFiles(files, async (folder) => {
    const where = { "t.csv": "a column", "t.parquet": "a column", images: "its folders" };
    for (const [data, text] of Object.entries(where)) {
      await assert.rejects(() => readDataFile(`${folder}/${data}`, `${folder}/y.npy`), {
        name: "RangeError",
        message: `Cannot use ${folder}/y.npy as the labels of ${folder}/${data}: its labels are ` +
          `${text}; leave out --labels`,
      });
    }
  });
});
