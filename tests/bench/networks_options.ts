import { parseArgs } from "node:util";
import { BATCH, type Measured } from "./subject.ts";

/** What the benchmarks of networks are told on the command line. */
export interface NetworksOptions {
  readonly networks: readonly Measured[];
  /** Rounds that count, after a warm-up. */
  readonly rounds?: number;
  /** Runs of each version in a round. */
  readonly repeats?: number;
  readonly json: boolean;
  /** Seconds for the first runs of a network, for all its rounds, and for a round of a peer. */
  readonly patience: number;
  /** Time of the processors in place of the clock's. */
  readonly processor: boolean;
}

/**
 * Reads `--network`, which may be repeated, `--rounds`, `--repeats`, `--patience`, `--json` and
 * `--processor`; a fault ends the process.
 */
export function networksOptions(args: readonly string[]): NetworksOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      network: { type: "string", multiple: true, default: [...Object.keys(BATCH)] },
      rounds: { type: "string" },
      repeats: { type: "string" },
      patience: { type: "string", default: "300" },
      json: { type: "boolean", default: false },
      processor: { type: "boolean", default: false },
    },
  });
  const unknown = values.network.filter((name) => !Object.hasOwn(BATCH, name));
  const [rounds, repeats] = [values.rounds, values.repeats].map((text) =>
    text === undefined ? undefined : Number(text)
  );
  const patience = Number(values.patience);
  const isCount = (count: number | undefined) =>
    count === undefined || (Number.isInteger(count) && count > 0);
  const faults = [
    ...unknown.map((name) => `Cannot measure ${name}; there are ${Object.keys(BATCH).join(", ")}`),
    ...(isCount(rounds) ? [] : [`Cannot measure ${values.rounds} rounds; want a positive integer`]),
    ...(isCount(repeats) ? [] : [`Cannot repeat ${values.repeats} times; want a positive integer`]),
    ...(isCount(patience)
      ? []
      : [`Cannot wait for ${values.patience} seconds; want a positive integer`]),
  ];
  if (faults.length > 0) {
    Deno.stderr.writeSync(new TextEncoder().encode(`${faults.join("\n")}\n`));
    Deno.exit(2);
  }
  const { json, processor } = values;
  const networks = values.network as Measured[];
  return {
    networks,
    ...(rounds === undefined ? {} : { rounds }),
    ...(repeats === undefined ? {} : { repeats }),
    patience,
    json,
    processor,
  };
}
