/** The published data sets: their files, what these must contain, and where they can be had. */

/** A published data set. */
export interface PublishedDataset {
  /** Its name in the YAML and in every table. */
  readonly name: string;
  /** What tables call it, where the name alone would not say enough. */
  readonly title?: string;
  readonly format: "idx" | CifarRecords | SeriesWindows;
  /** The publisher's page. */
  readonly page: string;
  readonly licence: string;
  /** Folders of which each may hold all files, the publisher's own first. */
  readonly mirrors: readonly string[];
  /** Where in a folder of the user's the files may lie, and folders that packages make. */
  readonly subfolders: readonly string[];
  readonly packages: readonly string[];
  /** Where its files come from, if not by themselves. */
  readonly wheel?: DataWheel;
  readonly files: readonly PublishedFile[];
  /** What another version of it, which is not read, is called where it lies: pickles of Python. */
  readonly pythonVersion?: readonly string[];
  /** Examples of each part, and bytes of each: known before anything is fetched. */
  readonly examples: { readonly train: number; readonly test: number; readonly bytes: number };
}

/** What the files of CIFAR hold. */
export interface CifarRecords {
  /** Classes of each label byte; CIFAR-100 has a coarse label before the one that is used. */
  readonly labelClasses: readonly number[];
  /** Images in each file of a part. */
  readonly train: number;
  readonly test: number;
}

/** Series of frames, of which windows are the examples. */
export interface SeriesWindows {
  /** Frames of a window. */
  readonly context: number;
}

/** A Python wheel that has the files, at an exact version. */
export interface DataWheel {
  readonly project: string;
  readonly version: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where in the wheel the files are. */
  readonly folder: string;
}

/** A file as it is published. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  /** As the publisher states it. */
  readonly md5: string;
  /** What it contains, in the order in which it is read; folders are left out. */
  readonly members: readonly Member[];
}

/** A file inside a published file: unpacked bytes, whatever they were packed with. */
export interface Member {
  readonly name: string;
  readonly part: "train" | "test";
  readonly digest: `sha1:${string}` | `sha256:${string}`;
}

/** A packed IDX file has one member, whose name is its own without `.gz`. */
function idx(name: string, bytes: number, md5: string, sha256: string): PublishedFile {
  const part = name.startsWith("train") ? "train" : "test";
  return { name: `${name}.gz`, bytes, md5, members: [{ name, part, digest: `sha256:${sha256}` }] };
}

function member(name: string, sha1: string): Member {
  return { name, part: name.startsWith("test") ? "test" : "train", digest: `sha1:${sha1}` };
}

/** A file that is published as it is. */
function plain(name: string, bytes: number, md5: string, sha256: string): PublishedFile {
  const part = name.includes("TRAIN") ? "train" : "test";
  return { name, bytes, md5, members: [{ name, part, digest: `sha256:${sha256}` }] };
}

const MNIST_EXAMPLES = { train: 60_000, test: 10_000, bytes: 28 * 28 };
const CIFAR_EXAMPLES = { train: 50_000, test: 10_000, bytes: 3 * 32 * 32 };
const TORONTO = "https://www.cs.toronto.edu/~kriz/";
const CIFAR_LICENCE = "none stated; asks to cite Krizhevsky 2009";

/**
 * By name.
 *
 * The SHA-256 of MNIST's and Fashion-MNIST's members are of bytes that were checked. MNIST's have the
 * published MD5 of the unpacked files. Fashion-MNIST's give the published MD5 of the archives, once
 * they are packed under the publisher's file names and times. The SHA-1 of CIFAR's members are those
 * that MXNet's readers check. The vowels' files are the same in the wheels of aeon and of sktime, and
 * have as many utterances of each speaker as UCI's page says.
 */
const ALL = {
  mnist: {
    name: "mnist",
    examples: MNIST_EXAMPLES,
    format: "idx",
    page: "http://yann.lecun.com/exdb/mnist/",
    licence: "CC BY-SA 3.0",
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    subfolders: ["mnist", "MNIST/raw", "."],
    packages: [],
    files: [
      idx(
        "train-images-idx3-ubyte",
        9_912_422,
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      ),
      idx(
        "train-labels-idx1-ubyte",
        28_881,
        "d53e105ee54ea40749a09fcbcd1e9432",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      ),
      idx(
        "t10k-images-idx3-ubyte",
        1_648_877,
        "9fb629c4189551a2d022fa330f9573f3",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      ),
      idx(
        "t10k-labels-idx1-ubyte",
        4_542,
        "ec29112dd5afa0611ce80d1b7f02629c",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      ),
    ],
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    examples: MNIST_EXAMPLES,
    format: "idx",
    page: "https://github.com/zalandoresearch/fashion-mnist",
    licence: "MIT",
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    subfolders: ["fashion-mnist", "FashionMNIST/raw", "."],
    packages: ["/usr/share/datasets/fashion-mnist"], // Debian's dataset-fashion-mnist
    files: [
      idx(
        "train-images-idx3-ubyte",
        26_421_880,
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      ),
      idx(
        "train-labels-idx1-ubyte",
        29_515,
        "25c81989df183df01b3e8a0aad5dffbe",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      ),
      idx(
        "t10k-images-idx3-ubyte",
        4_422_102,
        "bef4ecab320f06d8554ea6380940ec79",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      ),
      idx(
        "t10k-labels-idx1-ubyte",
        5_148,
        "bb300cfdad3c16e7a12a480ee83cd310",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
      ),
    ],
  },
  "cifar-10": {
    name: "cifar-10",
    examples: CIFAR_EXAMPLES,
    format: { labelClasses: [10], train: 10_000, test: 10_000 },
    page: "https://www.cs.toronto.edu/~kriz/cifar.html",
    licence: CIFAR_LICENCE,
    mirrors: [TORONTO],
    subfolders: ["cifar-10", "."],
    packages: [],
    files: [{
      name: "cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      md5: "c32a1d4ab5d03f1284b67883e8d87530",
      members: [
        member("data_batch_1.bin", "aadd24acce27caa71bf4b10992e9e7b2d74c2540"),
        member("data_batch_2.bin", "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795"),
        member("data_batch_3.bin", "1dd00a74ab1d17a6e7d73e185b69dbf31242f295"),
        member("data_batch_4.bin", "aab85764eb3584312d3c7f65fd2fd016e36a258e"),
        member("data_batch_5.bin", "26e2849e66a845b7f1e4614ae70f4889ae604628"),
        member("test_batch.bin", "67eb016db431130d61cd03c7ad570b013799c88c"),
      ],
    }],
    pythonVersion: ["cifar-10-batches-py", "cifar-10-python.tar.gz"],
  },
  "cifar-100": {
    name: "cifar-100",
    examples: CIFAR_EXAMPLES,
    format: { labelClasses: [20, 100], train: 50_000, test: 10_000 },
    page: "https://www.cs.toronto.edu/~kriz/cifar.html",
    licence: CIFAR_LICENCE,
    mirrors: [TORONTO],
    subfolders: ["cifar-100", "."],
    packages: [],
    files: [{
      name: "cifar-100-binary.tar.gz",
      bytes: 168_513_733,
      md5: "03b5dce01913d631647c71ecec9e9cb8",
      members: [
        member("train.bin", "e207cd2e05b73b1393c74c7f5e7bea451d63e08e"),
        member("test.bin", "8fb6623e830365ff53cf14adec797474f5478006"),
      ],
    }],
    pythonVersion: ["cifar-100-python", "cifar-100-python.tar.gz"],
  },
  "japanese-vowels": {
    name: "japanese-vowels",
    title: "japanese-vowels (speech of 9 speakers, windows of 9 frames)",
    // A frame is 12 float32 and is kept once.
    examples: { train: 4274, test: 5687, bytes: 12 * 4 },
    format: { context: 9 },
    page: "https://doi.org/10.24432/C5NS47",
    licence: "CC BY 4.0",
    mirrors: [],
    subfolders: ["japanese-vowels", "JapaneseVowels", "."],
    packages: [],
    wheel: {
      project: "aeon",
      version: "1.6.0",
      bytes: 6_421_000,
      sha256: "d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409",
      folder: "aeon/datasets/data/JapaneseVowels",
    },
    files: [
      plain(
        "JapaneseVowels_TRAIN.ts",
        487_971,
        "9165e3eec783ac6342d658685c864d19",
        "68a430eabd919cc77f40b1f5f3bc0dcafacc1486bca9260785aeb7d262cc78cd",
      ),
      plain(
        "JapaneseVowels_TEST.ts",
        649_132,
        "14d15214e3ab6ac39ab2d48901d3e2a3",
        "b3d41d6a0ca3bcad3afb9ca7d4365382aa51341e2e58bae2a574babdda5b9462",
      ),
    ],
  },
} satisfies Readonly<Record<string, PublishedDataset>>;

/** Names of the data sets that can be fetched. */
export type PublishedName = keyof typeof ALL;

/** All that can be fetched. */
export const CATALOGUE: Readonly<Record<PublishedName, PublishedDataset>> = ALL;
