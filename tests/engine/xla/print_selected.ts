/** Prints the description that `BASIN_ENGINE`'s engine is foretold to have, and has. */
import { engineDescription } from "../../../lib/engine/description.ts";
import { selectEngine } from "../../../lib/engine/select.ts";

const foretold = engineDescription();
const selected = (await selectEngine()).description;
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ foretold, selected })));
