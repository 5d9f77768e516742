/** What a kind of device needs before its plugin is opened, and the options of its client. */
import { basename } from "node:path";
import { pluginFolders } from "./plugin_location.ts";
import type { ClientOptions } from "./named_values.ts";

/** Without it sums by atomic additions and the choice of kernels change from run to run. */
const DETERMINISTIC = "--xla_gpu_deterministic_ops=true";

/** How to start a plugin. */
export interface Platform {
  readonly client: ClientOptions;
  /** Flags of XLA that change numbers; they are part of keys. */
  readonly flags: string;
}

/**
 * Prepares this process for a plugin: flags in `XLA_FLAGS`, NVIDIA's libraries loaded.
 *
 * Must come before the plugin is opened, which reads the flags once.
 */
export function preparePlatform(plugin: string): Platform {
  const asked = (Deno.env.get("XLA_FLAGS") ?? "").split(/\s+/).filter((flag) => flag !== "");
  const gpu = gpuOf(plugin);
  const flags = asked.filter((flag) => !flag.startsWith(DATA_FOLDER));
  if (gpu === undefined) return { client: {}, flags: flags.join(" ") };
  if (!flags.some((flag) => flag.startsWith("--xla_gpu_deterministic_ops"))) {
    flags.push(DETERMINISTIC);
    asked.push(DETERMINISTIC);
  }
  const [, libraries] = pluginFolders(plugin);
  if (libraries !== undefined) {
    const data = dataFolder(libraries);
    if (data !== undefined && !asked.some((flag) => flag.startsWith(DATA_FOLDER))) {
      asked.push(`${DATA_FOLDER}=${data}`);
    }
    loadLibraries(libraries);
  }
  Deno.env.set("XLA_FLAGS", asked.join(" "));
  return {
    // Memory as it is needed: cells of other processes may share the device.
    client: { platform_name: gpu, allocator: "bfc", preallocate: false },
    flags: flags.join(" "),
  };
}

/** Whether a plugin is for a GPU, by the name of its file: it has to be known before it is opened. */
export function isGpuPlugin(plugin: string): boolean {
  return gpuOf(plugin) !== undefined;
}

function gpuOf(plugin: string): string | undefined {
  return /cuda|rocm/.exec(basename(plugin))?.[0];
}

const DATA_FOLDER = "--xla_gpu_cuda_data_dir";

/** Folder of libdevice and ptxas: NVIDIA's wheels of CUDA 13 have one for all, those of 12 do not. */
function dataFolder(libraries: string): string | undefined {
  return ["cu13", "cuda_nvcc"].map((name) => `${libraries}/${name}`).find((folder) => {
    try {
      return Deno.statSync(folder).isDirectory;
    } catch {
      return false;
    }
  });
}

/** What XLA loads; their folders also hold libraries that change a process which loads them. */
const LIBRARY =
  /^lib(?:cudart|nvJitLink|nvrtc|nvrtc-builtins|nvvm|cublas|cublasLt|cusparse|cusolver|cufft|cupti|cudnn\w*|nccl|nvshmem_host)\.so\.[\d.]+$/;

/**
 * Loads NVIDIA's libraries, which the plugin then finds by name where its own search path (the
 * folders beside it) does not lead to them.
 *
 * They need each other in no order that is written down: what does not load yet is tried again as
 * long as others do.
 */
function loadLibraries(folder: string): void {
  let left = librariesIn(folder);
  for (let before = Infinity; left.length < before;) {
    before = left.length;
    left = left.filter((path) => {
      try {
        Deno.dlopen(path, {});
        return false;
      } catch {
        return true;
      }
    });
  }
}

/**
 * Names and sizes of NVIDIA's libraries beside a plugin: which kernels there are, and so the bits of
 * results and whether a compiled program can be loaded, depends on them.
 *
 * @returns Empty if there are none: the libraries are then the system's.
 */
export function libraryNames(plugin: string): string[] {
  const [, folder] = pluginFolders(plugin);
  if (folder === undefined) return [];
  return librariesIn(folder)
    .map((path) => `${basename(path)} ${Deno.statSync(path).size}`)
    .sort();
}

function librariesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
    try {
      return [...Deno.readDirSync(`${folder}/${name}/lib`)]
        .filter((entry) => LIBRARY.test(entry.name))
        .map((entry) => `${folder}/${name}/lib/${entry.name}`);
    } catch {
      return []; // No folder of libraries.
    }
  });
}
