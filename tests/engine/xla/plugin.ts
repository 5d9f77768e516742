/** Path of the plugin that the tests of the XLA engine run on: `BASIN_XLA_PLUGIN`, or none. */
export const xlaPlugin: string | undefined = Deno.env.get("BASIN_XLA_PLUGIN") || undefined;
