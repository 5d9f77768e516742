/** Every parser of bytes or text from outside, with files that it takes. */
import { checkedDataset } from "../../lib/data/dataset.ts";
import { datasetOfColumns } from "../../lib/data/array_dataset.ts";
import { decodeDataset, encodeFrames, encodeImages } from "../../lib/data/dataset_file.ts";
import { cifarImages } from "../../lib/data/formats/cifar.ts";
import { decodeCsv } from "../../lib/data/formats/csv.ts";
import { gunzip } from "../../lib/data/formats/gunzip.ts";
import { decodeIdx } from "../../lib/data/formats/idx_array.ts";
import { decodeImage } from "../../lib/data/formats/image_file.ts";
import { decodeParquet } from "../../lib/data/formats/parquet.ts";
import { datasetOfRows } from "../../lib/data/parquet_dataset.ts";
import { readIdxImages } from "../../lib/data/formats/idx.ts";
import { decodeNpy } from "../../lib/data/formats/npy.ts";
import { decodeNpz } from "../../lib/data/formats/npz.ts";
import { decodeTimeSeries } from "../../lib/data/formats/time_series.ts";
import { untar } from "../../lib/data/formats/untar.ts";
import { decodeSafetensors } from "../../lib/data/safetensors.ts";
import { decodeAudio } from "../../lib/data/speech/decode_audio.ts";
import { parsePhn } from "../../lib/data/speech/phn.ts";
import { importOnnx } from "../../lib/networks/onnx/onnx_network.ts";
import { collectStudy } from "../../lib/pipeline/config/parse_study.ts";
import { numbersOf } from "../../lib/pipeline/run/lock_numbers.ts";
import { parseRecord, recordText } from "../../lib/pipeline/store/record.ts";
import { unseal } from "../../lib/pipeline/store/sealed.ts";
import { cifarFile, inPieces, patternBytes, tarGz } from "../support/files.ts";
import { riffFile, sphereFile, tones } from "../support/sound.ts";
import images from "../oracles/data_files.json" with { type: "json" };
import numpy from "../golden/numpy_files.json" with { type: "json" };

/** A parser and files that it takes. */
export interface Parser {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  parse(bytes: Uint8Array): unknown;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const golden = (name: string) => Deno.readFileSync(new URL(`../golden/${name}`, import.meta.url));

function idxFile(dimensions: number, extents: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions + data.length);
  bytes.set([0, 0, 8, dimensions]);
  const view = new DataView(bytes.buffer);
  extents.forEach((extent, i) => view.setUint32(4 + 4 * i, extent));
  bytes.set(data, 4 + 4 * dimensions);
  return bytes;
}

const IMAGES = idxFile(3, [2, 2, 3], patternBytes(12));
const LABELS = idxFile(1, [2], Uint8Array.of(3, 9));

const STUDY = `version: 1
seed: 3
axes: { trial: { range: [0, 2] }, regime: { SB: { use: small }, LB: { value: [64] } } }
params: { small: { value: 4, "half": 0.5 } }
stages:
  make: { run: make.ts, outputs: { out: out.json } } # a comment
  grow:
    run: grow.ts
    matrix: [regime, trial]
    inputs: { made: make.out }
    outputs: { metrics: metrics.json, folder: folder/ }
    resources: { cpus: 2, memory: 1GB }
    timeout: 6h
  sum: { run: sum.ts, inputs: { grown: "grow[*].folder" }, outputs: { out: sum.md } }
profiles: { smoke: { axes: { trial: [0] } } }
`;

const RECORD = {
  schema: 1,
  key: "a".repeat(64),
  status: "ok",
  outputs: { out: { digest: `blob:${"b".repeat(64)}`, bytes: 3 } },
  attempt: "a/1",
  seconds: 1,
} as const;

/** The table. */
export async function parsers(): Promise<Parser[]> {
  const archive = await tarGz({ "x/a.txt": patternBytes(61), "x/b.bin": cifarFile(2, [10], 1) });
  const pixels = {
    pixels: patternBytes(24),
    labels: Uint8Array.of(0, 1),
    shape: [2, 2, 3],
    classes: 2,
  } as const;
  const frames = {
    frames: Float32Array.from({ length: 12 }, (_, i) => i / 7),
    width: 2,
    context: 3,
    starts: Int32Array.of(0, 1),
    labels: Int32Array.of(1, 0),
    classes: 2,
  };
  const decoded = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return [
    {
      name: "a study's YAML",
      files: [bytesOf(STUDY)],
      parse: (bytes) =>
        collectStudy(textOf(bytes), {
          name: "pipeline.yaml",
          root: "/nowhere",
          profile: "default",
        }),
    },
    {
      name: "IDX images",
      files: [IMAGES],
      parse: (bytes) =>
        readIdxImages(
          { name: "images", content: inPieces(bytes) },
          { name: "labels", content: inPieces(LABELS) },
        ),
    },
    {
      name: "IDX labels",
      files: [LABELS],
      parse: (bytes) =>
        readIdxImages(
          { name: "images", content: inPieces(IMAGES) },
          { name: "labels", content: inPieces(bytes) },
        ),
    },
    {
      name: "CIFAR",
      files: [cifarFile(2, [20, 100], 1)],
      parse: (bytes) =>
        cifarImages(1, { labelClasses: [20, 100], records: 2 })
          .read({ name: "b.bin", content: inPieces(bytes) }, 0),
    },
    {
      name: "tar in gzip",
      files: [archive],
      async parse(bytes) {
        for await (const { content } of untar("a.tar.gz", gunzip("a.tar.gz", inPieces(bytes)))) {
          for await (const _ of content);
        }
      },
    },
    {
      name: "NumPy's .npy",
      files: numpy.npy.map(({ file }) => decoded(file)),
      parse: (bytes) => decodeNpy("a.npy", bytes),
    },
    {
      name: "NumPy's .npz",
      files: Object.values(numpy.npz).map(decoded),
      parse: (bytes) => decodeNpz("a.npz", bytes),
    },
    {
      name: "images",
      files: Object.values(images.images).map(decoded),
      parse: (bytes) => decodeImage("a.png", bytes),
    },
    {
      name: "Parquet",
      files: [images.parquet.snappy, images.parquet.zstd, images.numbers].map(decoded),
      parse: async (bytes) => datasetOfRows("a.parquet", await decodeParquet("a.parquet", bytes)),
    },
    {
      name: "IDX of any type",
      files: [images.idxImages, images.idxFloats].map(decoded),
      parse: (bytes) => decodeIdx("a.idx", bytes),
    },
    {
      name: "CSV",
      files: [bytesOf('a,b,label\n1,2.5,0\n"3",-4e-2,1\n5,6,0\n')],
      parse: (bytes) => datasetOfColumns("a.csv", decodeCsv("a.csv", textOf(bytes))),
    },
    {
      name: "time series",
      files: [
        bytesOf(
          "@timeStamps false\n@dimensions 2\n@classLabel true a b\n@data\n1,2:3,4:b\n5:6:a\n",
        ),
      ],
      parse: (bytes) => decodeTimeSeries("a.ts", textOf(bytes)),
    },
    {
      name: "safetensors",
      files: [golden("numpy.safetensors"), golden("torch_dense.safetensors")],
      parse: (bytes) => decodeSafetensors(bytes),
    },
    {
      name: "Basin's data sets",
      files: [
        encodeImages(pixels, { name: "toy", source: "none" }),
        encodeFrames(frames, { name: "toy", source: "none" }),
      ],
      parse: (bytes) => checkedDataset(decodeDataset(bytes)),
    },
    {
      name: "SPHERE and RIFF",
      files: [sphereFile(tones(40)), riffFile(tones(40))],
      parse: (bytes) => decodeAudio("a.wav", bytes),
    },
    {
      name: "phone labels",
      files: [bytesOf("0 3050 h#\n3050 4559 sh\n4559 5723 ix\n")],
      parse: (bytes) => parsePhn("a.phn", textOf(bytes)),
    },
    {
      name: "ONNX",
      files: ["mlp", "lenet", "gpt"].map((name) => golden(`onnx/${name}.onnx`)),
      parse: (bytes) => importOnnx("a.onnx", bytes, { dataShape: [5] }),
    },
    {
      name: "records of the store",
      files: [bytesOf(recordText(RECORD))],
      parse: (bytes) => [parseRecord(textOf(bytes), RECORD.key), unseal(textOf(bytes))],
    },
    {
      name: "numbers of results",
      files: [bytesOf('{"percent": 29.5, "budget": {"percent": 1e-3}, "curve": [1, 2]}')],
      parse: (bytes) => numbersOf(textOf(bytes)),
    },
  ];
}
