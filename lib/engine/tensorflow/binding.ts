/** The part of tfjs-node's native addon that Basin calls: tensors, and sessions over SavedModels. */
import { createRequire } from "node:module";
import process from "node:process";
import type { Shape } from "../../graph/shape.ts";
import type { KernelVariables } from "./tuning.ts";

/** A tensor held by the addon. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** tfjs-node's N-API addon, called directly: its JavaScript half is not needed to run graphs. */
export interface NativeBinding {
  // deno-lint-ignore camelcase -- the addon's own name
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  /** Shares the array's memory: it must stay unchanged until the tensor is deleted. */
  createTensor(shape: Shape, dtype: number, data: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  /** Copies the tensor's entries. */
  tensorDataSync(id: number): Float32Array | Int32Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputIds: readonly number[],
    inputNames: string,
    outputNames: string,
  ): NativeTensor[];
}

/**
 * Loads the addon, and with it TensorFlow's library, into this process.
 *
 * The number of threads can be set only before that, through the environment variables
 * `TF_NUM_INTRAOP_THREADS` and `TF_NUM_INTEROP_THREADS`, and so can what decides the kernels.
 *
 * @param variables Set in this process, for the library to read.
 */
export function loadBinding(addonPath: string, variables: KernelVariables = {}): NativeBinding {
  Object.assign(process.env, variables);
  // Without this TensorFlow announces its optimisations on stderr at every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // The thread that runs an op computes its share where it would wait for two others: 13 % of a
  // gradient of F1 with two threads. Which thread computes a share changes no sum.
  process.env.TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD ??= "1";
  return createRequire(import.meta.url)(addonPath) as NativeBinding;
}
