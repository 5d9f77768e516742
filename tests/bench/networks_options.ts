import { parseArgs } from "node:util";
import { BATCH, type Measured } from "./subject.ts";

/** What the benchmarks of networks are told on the command line. */
export interface NetworksOptions {
  readonly networks: readonly Measured[];
  /** Rounds that count, after a warm-up. */
  readonly rounds?: number;
  readonly json: boolean;
  /** Time of the processors in place of the clock's. */
  readonly processor: boolean;
}

/** Reads `--network`, which may be repeated, `--rounds`, `--json` and `--processor`; a fault ends the process. */
export function networksOptions(args: readonly string[]): NetworksOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      network: { type: "string", multiple: true, default: [...Object.keys(BATCH)] },
      rounds: { type: "string" },
      json: { type: "boolean", default: false },
      processor: { type: "boolean", default: false },
    },
  });
  const unknown = values.network.filter((name) => !Object.hasOwn(BATCH, name));
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const faults = [
    ...unknown.map((name) => `Cannot measure ${name}; there are ${Object.keys(BATCH).join(", ")}`),
    ...(rounds === undefined || (Number.isInteger(rounds) && rounds > 0)
      ? []
      : [`Cannot measure ${values.rounds} rounds; want a positive integer`]),
  ];
  if (faults.length > 0) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${faults.join("\n")}\n`));
    Deno.exit(2);
  }
  const { json, processor } = values;
  const networks = values.network as Measured[];
  return { networks, ...(rounds === undefined ? {} : { rounds }), json, processor };
}
