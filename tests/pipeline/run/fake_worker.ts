import { EVENT_MARK } from "../../../lib/pipeline/worker/job.ts";

/** The beginning of a worker's module for tests: `say(event)` tells the driver. */
export const FAKE_WORKER = `
const chunk = new Uint8Array(1 << 16);
const count = Deno.stdin.readSync(chunk) ?? 0;
const { token } = JSON.parse(new TextDecoder().decode(chunk.subarray(0, count)));
const say = (event: object) =>
  console.log(${JSON.stringify(EVENT_MARK)} + token + JSON.stringify(event));
`;
