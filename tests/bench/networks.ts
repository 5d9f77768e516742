/**
 * Gradients, training steps and Hessian-vector products of F1, C1 and C2 against PyTorch and JAX,
 * where they are installed, and against the floor that the machine sets: its best rate of products
 * and its bandwidth. All are interleaved, round by round.
 */
import { selectEngine } from "../../lib/engine/select.ts";
import { networksOptions } from "./networks_options.ts";
import { LABELS, type NetworkRound, networksTable, type NetworkTimes } from "./networks_table.ts";
import { firstRuns, hasTimeForRound } from "./patience.ts";
import { type Peer, pythonPeer } from "./peer.ts";
import { processorName } from "./processor.ts";
import { productRate, SIDE } from "./product_rate.ts";
import {
  type Clock,
  median,
  medianMilliseconds,
  processorClock,
  queuedMilliseconds,
} from "./statistics.ts";
import { loadSubject, type Measured, type Subject, type Task } from "./subject.ts";
import { BYTES_AN_ENTRY, SUM_VECTORS, type SumRate, sumRate } from "./sum_rate.ts";

/** Rounds that count, and runs of each version in a round: a run of C2 takes seconds. */
const EFFORT: Record<Measured, { rounds: number; repeats: number }> = {
  F1: { rounds: 9, repeats: 20 },
  C1: { rounds: 5, repeats: 3 },
  C2: { rounds: 3, repeats: 1 },
};
const REST_MILLISECONDS = 1000;
const PEERS = { PyTorch: "torch_networks.py", JAX: "jax_networks.py" };

const { networks, rounds, repeats, patience, json, processor } = networksOptions(Deno.args);
const clock = processor ? processorClock : undefined;
const engine = await selectEngine();
await using rate = await productRate(engine);
const peerNames = new Set<string>();
const missing = new Set<string>();
const times: NetworkTimes[] = [];
for (const name of networks) times.push(await timesOf(name));
await Deno.stdout.write(new TextEncoder().encode(json ? JSON.stringify(times) : table()));

async function timesOf(network: Measured): Promise<NetworkTimes> {
  const effort = { ...EFFORT[network], ...(repeats === undefined ? {} : { repeats }) };
  await using subject = await loadSubject(engine, network);
  await using bandwidth = await sumRate(engine, subject.dimension);
  await using peers = new AsyncDisposableStack();
  let running: Peer[] = [];
  for (const [name, script] of Object.entries(PEERS)) {
    const options = [
      ...[network, String(effort.repeats), processor ? "processor" : "clock"],
      ...(subject.stepsDone ? ["queued"] : []),
    ];
    const peer = await pythonPeer(new URL(`./${script}`, import.meta.url), options);
    if (typeof peer === "string") missing.add(`${name} was not measured: ${peer}`);
    else running.push(peers.use(peer));
  }
  const drop = (peer: Peer, why: string) => {
    missing.add(`${why}, and is left out of ${network}`);
    running = running.filter((other) => other !== peer);
  };
  const limit = 1000 * patience;
  const { tasks, leftOut } = await firstRuns(subject.multiplyAdds, async (task) => {
    const milliseconds = await timeOf(subject, task, 1);
    await tell(`${network}, first run: ${LABELS[task]}, ${seconds(milliseconds)} s\n`);
    return milliseconds;
  }, limit);
  for (const [task, milliseconds] of leftOut) {
    missing.add(
      `${network}'s ${LABELS[task]} was not measured: it would take ${
        seconds(milliseconds)
      } s more; ` +
        `--patience gives it more than ${patience} s`,
    );
  }
  await measured(subject, [], bandwidth, running, 1, drop);
  const counted: NetworkRound[] = [];
  const own: number[] = [];
  const most = rounds ?? effort.rounds;
  for (let round = 1; round <= most && hasTimeForRound(own, limit); round++) {
    const start = performance.now();
    const now = await measured(subject, tasks, bandwidth, running, effort.repeats, drop, () => {
      own.push(performance.now() - start);
    });
    counted.push(now);
    await tell(`${network}, round ${round} of ${most}: ${roundText(now)}\n`);
  }
  if (counted.length < most) {
    missing.add(
      `${network} has ${counted.length} of ${most} rounds: one takes ${
        seconds(Math.max(...own))
      } s, ` + `and --patience gives them ${patience} s together`,
    );
  }
  for (const { name } of running) peerNames.add(name);
  const { batch, dimension, multiplyAdds } = subject;
  return { network, batch, dimension, multiplyAdds, rounds: withPeers(counted, running) };
}

/** The rounds without the times of peers that did not come to the end of all. */
function withPeers(rounds: readonly NetworkRound[], running: readonly Peer[]): NetworkRound[] {
  const names = new Set(running.map(({ name }) => name));
  return rounds.map((round) => ({
    ...round,
    peers: Object.fromEntries(Object.entries(round.peers).filter(([name]) => names.has(name))),
  }));
}

/** @param onOwn Called after our own part, and before the peers'. */
async function measured(
  subject: Subject,
  tasks: readonly Task[],
  bandwidth: SumRate,
  peers: readonly Peer[],
  repeats: number,
  drop: (peer: Peer, why: string) => void,
  onOwn = () => {},
): Promise<NetworkRound> {
  await rested();
  const ours: Partial<Record<Task, number>> = {};
  for (const task of tasks) ours[task] = await timeOf(subject, task, repeats, clock);
  onOwn();
  const own = { rate: await rate.measured(clock), bandwidth: await bandwidth.measured(clock) };
  const found: Record<string, NetworkRound["peers"][string]> = {};
  for (const peer of peers) {
    await rested();
    try {
      found[peer.name] = await peer.round(patience);
    } catch (error) {
      drop(peer, (error as Error).message);
    }
  }
  const products = Object.values(found).map(({ product }) => SIDE ** 3 / product![""]!);
  const bytes = SUM_VECTORS * BYTES_AN_ENTRY * subject.dimension;
  const sums = Object.values(found).map(({ sum }) => bytes / sum![""]!);
  return {
    ours,
    rate: Math.max(own.rate, ...products),
    bandwidth: Math.max(own.bandwidth, ...sums),
    peers: found,
  };
}

/** Threads of the one before may spin for a while before they sleep, at the cost of the next. */
function rested(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MILLISECONDS));
}

function timeOf({ run, stepsDone }: Subject, task: Task, repeats: number, by?: Clock) {
  return stepsDone && task === "step"
    ? queuedMilliseconds(run.step, stepsDone, repeats, by)
    : medianMilliseconds(run[task], repeats, by);
}

/** A step of each in this round, or else a gradient: what a run that is cut short leaves. */
function roundText({ ours, peers }: NetworkRound): string {
  const task = ours.step === undefined ? "gradient" : "step";
  const best = Object.entries(peers).map(([name, round]) =>
    `, ${name} ${Math.min(...Object.values(round[task]!)).toFixed(2)} ms`
  );
  return `${task} ${ours[task]!.toFixed(2)} ms${best.join("")}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

async function tell(text: string): Promise<void> {
  await Deno.stderr.write(new TextEncoder().encode(text));
}

function table(): string {
  const { name, version, threads } = engine.description;
  const speed = 2 * median(times.flatMap(({ rounds }) => rounds.map(({ rate }) => rate))) / 1e6;
  const passes = times.map(({ rounds }) =>
    (median(rounds.map(({ bandwidth }) => bandwidth)) / 1e6).toFixed(0)
  ).join(", ");
  return [
    `${name} ${version}, ${threads} threads, ${processorName()}; medians over rounds; peers: time ` +
    "of the best setting as a multiple of ours",
    ...(processor ? ["times are those of all threads, not of the clock"] : []),
    ...(engine.ownMemory
      ? ["steps follow each other, and are waited for once a round, ours and the peers'"]
      : []),
    `floor: products and convolutions at ${
      speed.toFixed(0)
    } GFLOP/s, and the passes over x and the ` +
    `like at ${passes} GB/s,`,
    "the best rates of these libraries at one large product, and at a sum of vectors of n",
    "",
    networksTable(times, [...peerNames]),
    "",
    ...missing,
    "",
  ].join("\n");
}
