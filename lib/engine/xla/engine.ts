import type { Engine, EngineDescription } from "../engine.ts";
import type { EmitOptions } from "./emit.ts";
import { type ClientOptions, Pjrt } from "./pjrt.ts";
import { loadProgram } from "./session.ts";

/** What to run on, and how. */
export interface XlaOptions extends EmitOptions {
  /** Options of the plugin's client, by its own names. */
  readonly client?: ClientOptions;
  /** SHA-256 of the plugin in hex. */
  readonly digest?: string;
}

/**
 * The XLA engine: whole functions as programs of a PJRT plugin, a shared library for one kind of
 * device, on the first device that it finds.
 *
 * @param plugin Path of the shared library.
 * @throws {Error} If the plugin cannot be used, or finds no device.
 */
export function xlaEngine(plugin: string, options: XlaOptions = {}): Engine {
  const pjrt = new Pjrt(plugin, options.client);
  return {
    description: describe(pjrt, options),
    load: (program) =>
      Promise.try(() =>
        loadProgram(pjrt, (text, what) => pjrt.compile(text, what), program, options)
      ),
  };
}

function describe(pjrt: Pjrt, { digest, tf32 }: XlaOptions): EngineDescription {
  return {
    name: "xla",
    version: pjrt.platformVersion,
    threads: 1,
    platform: pjrt.platform,
    device: pjrt.deviceKind,
    ...(digest === undefined ? {} : { plugin: digest.slice(0, 12) }),
    ...(tf32 ? { precision: "tf32" } : {}),
  };
}
