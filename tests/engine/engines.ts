import type { Engine, NumericArray, Session } from "../../lib/engine/engine.ts";
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { xlaEngine } from "../../lib/engine/xla/engine.ts";
import { xlaPlugin } from "./xla/plugin.ts";
import { tensorflowEngine } from "../../lib/engine/tensorflow/engine.ts";

const native = locateNative();

/** One for all tests of a file: a client holds threads and memory. */
let xla: Engine | undefined;

/** An engine under test. */
export interface EngineUnderTest {
  readonly name: string;
  /** Not installed on this machine: its tests are then reported as ignored. */
  readonly missing: boolean;
  /** Whether it computes in float64. */
  readonly double: boolean;
  start(): Engine | Promise<Engine>;
}

/** All engines. */
export const ENGINES: readonly EngineUnderTest[] = [
  { name: "reference", missing: false, double: true, start: referenceEngine },
  { name: "portable", missing: false, double: false, start: () => portableEngine() },
  {
    name: "tensorflow",
    missing: native === undefined,
    double: false,
    start: () => tensorflowEngine(native!),
  },
  {
    name: "xla",
    missing: xlaPlugin === undefined,
    double: false,
    start: () => xla ??= xlaEngine(xlaPlugin!),
  },
];

/** The engines that compute in float32. */
export const SINGLE_ENGINES = ENGINES.filter(({ double }) => !double);

/** Registers one test for each engine. */
export function testOnEngines(
  name: string,
  body: (engine: Engine, under: EngineUnderTest) => Promise<void>,
  engines: readonly EngineUnderTest[] = ENGINES,
): void {
  for (const under of engines) {
    Deno.test({
      name: `${name}, ${under.name} engine`,
      ignore: under.missing,
      fn: async () => await body(await under.start(), under),
    });
  }
}

/** Runs a function of a session and returns one of its outputs as numbers. */
export async function output(
  session: Session,
  functionName: string,
  feeds: Readonly<Record<string, NumericArray>>,
  name: string,
): Promise<number[]> {
  return Array.from((await session.run(functionName, feeds))[name]!);
}
