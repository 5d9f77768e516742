import { createHash } from "node:crypto";
import process from "node:process";
import type { Engine, EngineDescription } from "../engine.ts";
import { cacheFolder } from "../setup/cache_folder.ts";
import { instructionSet } from "../tensorflow/instruction_set.ts";
import type { EmitOptions } from "./emit.ts";
import { compilerOf } from "./executable_cache.ts";
import { Pjrt } from "./pjrt.ts";
import { isGpuPlugin, libraryNames, preparePlatform } from "./platform.ts";
import { pluginDigest } from "./plugin_digest.ts";
import { loadProgram } from "./session.ts";

/** How to compute. */
export interface XlaOptions extends EmitOptions {
  /** Folder of compiled programs; by default one in the cache folder. */
  readonly compiled?: string | undefined;
  /** Told while a program takes long to compile. */
  readonly note?: (line: string) => void;
}

/** Digits of a SHA-256 in a key. */
const SHORT = 12;

/** Platforms whose plugins are opened with flags and libraries of their own. */
const GPUS = ["cuda", "rocm"];

/** Folder in which compiled programs are kept, or `undefined` if there is no cache folder. */
export function compiledFolder(): string | undefined {
  const cache = cacheFolder((name) => Deno.env.get(name));
  return cache === undefined ? undefined : `${cache}/compiled`;
}

/**
 * The XLA engine: whole functions as programs of a PJRT plugin, a shared library for one kind of
 * device, on the first device that it finds.
 *
 * @param plugin Path of the shared library.
 * @param options `tf32` computes products at the device's quick precision: by default only if the
 *   variable `BASIN_TF32` is 1.
 * @throws {Error} If the plugin cannot be used, or finds no device.
 */
export function xlaEngine(plugin: string, options: XlaOptions = {}): Engine {
  const { tf32 = Deno.env.get("BASIN_TF32") === "1", compiled = compiledFolder(), note } = options;
  // Without this XLA announces its devices on stderr at every start.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  const { client, flags } = preparePlatform(plugin);
  const pjrt = new Pjrt(plugin, client);
  if (GPUS.includes(pjrt.platform) && !isGpuPlugin(plugin)) {
    pjrt.close();
    throw new RangeError(
      `Cannot use the XLA plugin ${plugin}: it is for ${pjrt.platform}, and its file does not say so, ` +
        `so that it was opened without the flags for a GPU; name it xla_${pjrt.platform}_plugin.so`,
    );
  }
  const description = describe(pjrt, { plugin, compiled, flags, tf32 });
  const compile = compilerOf(pjrt, compiled, JSON.stringify(description), note);
  return {
    description,
    ownMemory: true,
    load: (program) => Promise.try(() => loadProgram(pjrt, compile, program, { tf32 })),
  };
}

function describe(
  pjrt: Pjrt,
  { plugin, compiled, flags, tf32 }: {
    readonly plugin: string;
    readonly compiled: string | undefined;
    readonly flags: string;
    readonly tf32: boolean;
  },
): EngineDescription {
  const libraries = pjrt.platform === "cpu" ? [] : libraryNames(plugin);
  const digest = createHash("sha256").update(libraries.join("\n")).digest("hex");
  return {
    name: "xla",
    version: pjrt.platformVersion,
    threads: 1,
    plugin: pluginDigest(plugin, compiled).slice(0, SHORT),
    platform: pjrt.platform,
    device: pjrt.deviceKind,
    ...(pjrt.platform === "cpu" ? { instructions: instructionSet() } : {}),
    ...(libraries.length === 0 ? {} : { libraries: digest.slice(0, SHORT) }),
    ...(flags === "" ? {} : { flags }),
    ...(tf32 ? { precision: "tf32" } : {}),
  };
}
