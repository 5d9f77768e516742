/** What set-up installs: pinned wheels, the addon's source, and the key that their digests make. */
import { createHash } from "node:crypto";

/** A Python wheel that carries TensorFlow's C library; no Python code of it is ever run. */
export interface Wheel {
  /** Project on the package index, for instance `tensorflow-cpu`. */
  readonly project: string;
  /** Platform tag asked of pip, so that the user's own Python version does not matter. */
  readonly platformTag: string;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** Size of the file in bytes, for the progress line and to tell a truncated download. */
  readonly bytes: number;
  /** Whether the addon was built from this wheel and passed its self-test on such a machine. */
  readonly tested: boolean;
}

/** Version of TensorFlow in every pinned wheel. */
export const TENSORFLOW_VERSION = "2.21.0";

/** Version of `@tensorflow/tfjs-node` whose addon source is compiled. */
export const TFJS_NODE_VERSION = "4.22.0";

/**
 * Digest of the addon's source: `cd binding && LC_ALL=C sha256sum * | sha256sum` in the package.
 * A constant, so that the key of an installed engine is known without reading the package.
 */
export const ADDON_SOURCE_SHA256 =
  "87e7e7b4f0aa15d14d9bea7342ab11901fb51f7865140b9bae398eb8116bc9a3";

/** Compiler flags that decide what the addon is; folders are added when it is compiled. */
export const COMPILER_FLAGS: readonly string[] = [
  "-O2",
  "-std=c++17",
  "-fPIC",
  "-shared",
  "-DNAPI_VERSION=8",
  "-DBUILDING_NODE_EXTENSION",
];

/** The pinned wheels by `${os}-${arch}` of Deno's build target. */
export const WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x86_64": {
    project: "tensorflow-cpu",
    platformTag: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    bytes: 273_829_956,
    tested: true,
  },
  // On this platform the index has no `tensorflow-cpu`; `tensorflow` is the same build without CUDA.
  "linux-aarch64": {
    project: "tensorflow",
    platformTag: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    bytes: 281_828_020,
    tested: false,
  },
};

/** An engine that set-up can install, and the folder of the cache in which it then lies. */
export interface Release {
  /** How it is made: from a pinned wheel, or by tfjs-node's own installer. */
  readonly origin: "wheel" | "installer";
  /** SHA-256 over everything that decides the installed bytes but the compiler itself, in hex. */
  readonly digest: string;
  /** Folder name below the cache folder. */
  readonly folder: string;
}

/**
 * The release made from the pinned wheel of a platform, or `undefined` where none is pinned.
 *
 * @example Only platforms with a pinned wheel have one
 * ```ts
 * import { wheelRelease } from "./release.ts";
 * import assert from "node:assert/strict";
 *
 * assert.match(wheelRelease("linux-x86_64")!.folder, /^tensorflow-2\.21\.0-[0-9a-f]{12}$/);
 * assert.equal(wheelRelease("windows-x86_64"), undefined);
 * ```
 *
 * @param platform `${os}-${arch}` as in `Deno.build`, for instance `linux-x86_64`.
 */
export function wheelRelease(platform: string): Release | undefined {
  if (!Object.hasOwn(WHEELS, platform)) return undefined;
  const { sha256 } = WHEELS[platform]!;
  const digest = digestOf(["wheel", sha256, ADDON_SOURCE_SHA256, ...COMPILER_FLAGS, platform]);
  return {
    origin: "wheel",
    digest,
    folder: `tensorflow-${TENSORFLOW_VERSION}-${digest.slice(0, 12)}`,
  };
}

/**
 * The release made by tfjs-node's own installer, which exists for every platform it knows.
 *
 * The installer decides the library's version; the key therefore names the installer.
 *
 * @param platform `${os}-${arch}` as in `Deno.build`.
 */
export function installerRelease(platform: string): Release {
  const digest = digestOf(["installer", TFJS_NODE_VERSION, ADDON_SOURCE_SHA256, platform]);
  return {
    origin: "installer",
    digest,
    folder: `tensorflow-tfjs-node-${TFJS_NODE_VERSION}-${digest.slice(0, 12)}`,
  };
}

function digestOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
