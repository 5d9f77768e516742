/** Takes training steps, for profile.ts to read what oneDNN says of them: NETWORK STEPS. */
import { selectEngine } from "../../lib/engine/select.ts";
import { productRate } from "./product_rate.ts";
import { medianMilliseconds } from "./statistics.ts";
import { loadSubject, type Measured } from "./subject.ts";

const [network, steps] = Deno.args;
const engine = await selectEngine();
await using subject = await loadSubject(engine, network as Measured);
await using product = await productRate(engine);
const milliseconds = await medianMilliseconds(subject.run.step, Number(steps));
const floor = subject.multiplyAdds.step / await product.measured();
await Deno.stderr.write(new TextEncoder().encode(JSON.stringify({ milliseconds, floor })));
