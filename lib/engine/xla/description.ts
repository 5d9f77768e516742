import type { EngineDescription } from "../engine.ts";

const foretold = new Map<string, EngineDescription>();

/**
 * Describes the engine on a plugin without loading it into this process, which would hold memory of
 * the device for as long as it lives.
 *
 * @throws {RangeError} If the plugin cannot be used, or finds no device.
 */
export function xlaDescription(plugin: string): EngineDescription {
  const key = `${plugin} ${Deno.env.get("XLA_FLAGS")} ${Deno.env.get("BASIN_TF32")}`;
  let description = foretold.get(key);
  if (description === undefined) foretold.set(key, description = ask(plugin));
  return description;
}

function ask(plugin: string): EngineDescription {
  const script = new URL("./print_description.ts", import.meta.url).href;
  const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, plugin],
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  const line = text(stdout).split("\n").at(-1)!;
  if (line === "") {
    const why = text(stderr).split("\n").at(-1) || "its process ended without a word";
    throw new RangeError(`Cannot use the XLA plugin ${plugin}: ${why}`);
  }
  const { description, error } = JSON.parse(line);
  if (error !== undefined) throw new RangeError(error);
  return description;
}
