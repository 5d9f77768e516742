import { enableProdMode, setBackend, version_core as version } from "@tensorflow/tfjs-core";
import { fileURLToPath } from "node:url";
import type { PortableBackend } from "../setup/choice.ts";

/** Loads a backend's module, which registers it with tfjs. */
const LOADERS: Readonly<Record<PortableBackend, () => Promise<void>>> = {
  async wasm() {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const module = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(fileURLToPath(new URL("./", module)));
  },
  async webgpu() {
    // tfjs registers its backend, which asks for an adapter, only where there is WebGPU at all.
    if (!(await navigator.gpu?.requestAdapter())) {
      throw new RangeError(
        "Cannot compute on webgpu: this machine offers no adapter; " +
          "choose the engine tensorflow or wasm",
      );
    }
    await import("@tensorflow/tfjs-backend-webgpu");
  },
  async cpu() {
    await import("@tensorflow/tfjs-backend-cpu");
  },
};

/**
 * Makes a backend tfjs's current one, of which a process has one at a time.
 *
 * @returns tfjs's version.
 * @throws {RangeError} If there is no adapter for WebGPU.
 * @throws {Error} If it does not start.
 */
export async function startBackend(backend: PortableBackend): Promise<string> {
  enableProdMode(); // else it advertises tfjs-node on the console
  await LOADERS[backend]();
  if (await setBackend(backend)) return version;
  throw new Error(
    `Cannot start the ${backend} backend of tfjs ${version}; choose another engine by BASIN_ENGINE`,
  );
}
