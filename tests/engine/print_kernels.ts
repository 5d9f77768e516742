/** Prints what an engine says that it computes with: foretold, and once its library is loaded. */
import { engineDescription } from "../../lib/engine/description.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { settleKernels } from "../../lib/engine/settle_kernels.ts";

const { text } = settleKernels();
const foretold = engineDescription();
const { description } = await selectEngine();
const settled = Deno.env.get("BASIN_TUNING");
const said = JSON.stringify({ text, settled, foretold, description });
await Deno.stdout.write(new TextEncoder().encode(`${said}\n`));
