import { locateXlaCpu } from "../../../lib/engine/setup/xla_cpu_release.ts";

/** Path of the plugin that the tests run on: `BASIN_XLA_PLUGIN`, else the installed CPU build. */
export const xlaPlugin: string | undefined = Deno.env.get("BASIN_XLA_PLUGIN") || locateXlaCpu();
