/** The pinned wheels of XLA's CUDA plugin and of NVIDIA's libraries that it loads. */
import { createHash } from "node:crypto";
import type { Release, Wheel } from "./release.ts";

/** Major version of CUDA that a plugin is built for. */
export type CudaMajor = 12 | 13;

/** One wheel, at an exact version. */
export interface PinnedWheel extends Wheel {
  readonly version: string;
}

/** All that the plugin of one version of CUDA needs beside the driver. */
export interface CudaRelease {
  readonly cuda: CudaMajor;
  readonly wheels: readonly PinnedWheel[];
  /** Path of the plugin in the folder. */
  readonly plugin: string;
  /** Bytes of what is taken out of the wheels. */
  readonly unpacked: number;
  readonly release: Release;
}

/** Version of JAX whose XLA the plugins are built from; that of the CPU build too. */
export const XLA_CUDA_VERSION = "0.11.2";

/** Platform of the wheels by `${os}-${arch}`. */
export const CUDA_PLATFORM = "linux-x86_64";

type Pin = readonly [project: string, version: string, bytes: number, sha256: string];

// CUDA 13.0, not a later 13: its programs run with the first driver of CUDA 13, release 580.
// deno-fmt-ignore
const CUDA_13: readonly Pin[] = [
  ["jax-cuda13-pjrt", "0.11.2", 134_162_640, "e5ff589d43064913bb74027682d89639c7ea48f9f81c2bae6fc75117e913f93e"],
  ["nvidia-cublas", "13.1.0.3", 423_133_236, "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171"],
  ["nvidia-cuda-cupti", "13.0.85", 10_715_597, "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8"],
  ["nvidia-cuda-nvcc", "13.0.88", 37_384_532, "56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03"],
  ["nvidia-cuda-nvrtc", "13.0.88", 90_215_200, "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575"],
  ["nvidia-cuda-runtime", "13.0.96", 2_243_632, "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548"],
  ["nvidia-cudnn-cu13", "9.28.1.4", 516_817_937, "a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec"],
  ["nvidia-cufft", "12.0.0.61", 214_085_489, "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3"],
  ["nvidia-cusolver", "12.0.4.66", 200_941_980, "0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112"],
  ["nvidia-cusparse", "12.6.3.3", 145_942_937, "2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b"],
  ["nvidia-nccl-cu13", "2.32.3", 305_100_071, "1459723080ac889d73a26edfa3e04383a7928ab31ac8f0ec43b3ea9548b04ff3"],
  ["nvidia-nvjitlink", "13.0.88", 40_713_933, "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b"],
  ["nvidia-nvshmem-cu13", "3.8.0", 182_092_449, "81a4d1f666543e6d34df6d2ff940c7da1435e34e186aab6f3c2b48861b64ef38"],
  ["nvidia-nvvm", "13.0.88", 61_601_415, "c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0"],
];

// deno-fmt-ignore
const CUDA_12: readonly Pin[] = [
  ["jax-cuda12-pjrt", "0.11.2", 188_235_313, "2133b3afc63307c016ae4980f166b2b3de199759363ead74f7d550eaae953463"],
  ["nvidia-cublas-cu12", "12.9.1.4", 581_242_350, "453611eb21a7c1f2c2156ed9f3a45b691deda0440ec550860290dc901af5b4c2"],
  ["nvidia-cuda-cupti-cu12", "12.9.79", 10_814_997, "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f"],
  ["nvidia-cuda-nvcc-cu12", "12.9.86", 40_546_229, "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0"],
  ["nvidia-cuda-nvrtc-cu12", "12.9.86", 89_568_129, "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4"],
  ["nvidia-cuda-runtime-cu12", "12.9.79", 3_493_179, "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3"],
  ["nvidia-cudnn-cu12", "9.28.0.42", 716_538_495, "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375"],
  ["nvidia-cufft-cu12", "11.4.1.4", 200_877_592, "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28"],
  ["nvidia-cusolver-cu12", "11.7.5.82", 338_117_415, "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88"],
  ["nvidia-cusparse-cu12", "12.5.10.65", 366_465_088, "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78"],
  ["nvidia-nccl-cu12", "2.32.3", 351_526_311, "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c"],
  ["nvidia-nvjitlink-cu12", "12.9.86", 39_748_338, "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9"],
  ["nvidia-nvshmem-cu12", "3.8.0", 280_800_183, "b2e5760d6158aefe7bb74348d5128bb1b46a7dd1fd4b7b1e6fe55b4b07888f70"],
];

/** The pinned releases by CUDA's major version. */
export const CUDA_RELEASES: Readonly<Record<CudaMajor, CudaRelease>> = {
  13: releaseOf(13, CUDA_13, 3_441_460_702),
  12: releaseOf(12, CUDA_12, 4_813_347_002),
};

function releaseOf(cuda: CudaMajor, pins: readonly Pin[], unpacked: number): CudaRelease {
  const wheels = pins.map(([project, version, bytes, sha256]) => ({
    project,
    version,
    bytes,
    sha256,
    platformTag: "manylinux_2_27_x86_64",
    tested: false,
  }));
  const digest = createHash("sha256")
    .update(JSON.stringify(wheels.map(({ sha256 }) => sha256)))
    .digest("hex");
  return {
    cuda,
    wheels,
    plugin: `jax_plugins/xla_cuda${cuda}/xla_cuda_plugin.so`,
    unpacked,
    release: {
      origin: "wheel",
      digest,
      folder: `xla-cuda${cuda}-${XLA_CUDA_VERSION}-${digest.slice(0, 12)}`,
    },
  };
}
