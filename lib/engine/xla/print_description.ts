/** Prints what an engine on a plugin would be, as JSON: PLUGIN. A process of its own, see `foretold`. */
import { xlaEngine } from "./engine.ts";

const answer = (() => {
  try {
    return { description: xlaEngine(Deno.args[0]!).description };
  } catch (error) {
    return { error: (error as Error).message };
  }
})();
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
// A client's threads would keep the process alive.
Deno.exit(0);
