/** A Slurm cluster of one node, on this machine, for as long as a test lasts. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

/** A cluster that runs. */
export interface SlurmCluster extends AsyncDisposable {
  /** Environment in which Slurm's commands find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of Slurm's commands, and returns what it prints. */
  command(program: string, ...args: string[]): Promise<string>;
  /** Kills the daemon that runs jobs, with SIGKILL, and starts it again. */
  restartNode(): Promise<void>;
  /** Ends the daemon that takes jobs, so that no command gets an answer. */
  stopController(): Promise<void>;
  startController(): Promise<void>;
}

/** Why no cluster can be had here; `undefined` if one can. */
export function lackOfSlurm(): string | undefined {
  if (userInfo().uid !== 0) return "Slurm's daemons want root";
  for (const program of ["slurmctld", "slurmd", "sbatch", "squeue", "scancel", "munged"]) {
    const where = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).outputSync();
    if (!where.success) {
      return `there is no ${program}; Debian's packages slurm-wlm and munge have it`;
    }
  }
}

/** Starts a cluster below a folder. */
export async function slurmCluster(folder: string): Promise<SlurmCluster> {
  for (const name of ["spool", "state", "munge"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const munge = join(folder, "munge");
  chmodSync(munge, 0o700);
  writeFileSync(join(munge, "key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  await finished("munged", [
    "--force",
    ...["key", "seed"].map((name) => `--${name}-file=${join(munge, name)}`),
    ...["socket", "pid-file", "log-file"].map((name) => `--${name}=${join(munge, name)}`),
  ]);
  const [controller, node] = freePorts(2);
  const config = join(folder, "slurm.conf");
  const facts = (await finished("slurmd", ["-C"])).split("\n")[0]!;
  const cores = Number(/CPUs=(\d+)/.exec(facts)![1]);
  const memory = Number(/RealMemory=(\d+)/.exec(facts)![1]);
  const name = hostname().split(".")[0]!;
  writeFileSync(
    config,
    [
      "ClusterName=basin",
      `SlurmctldHost=${name}(127.0.0.1)`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${join(munge, "socket")}`,
      "SlurmUser=root",
      "SlurmdUser=root",
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      `StateSaveLocation=${join(folder, "state")}`,
      `SlurmdSpoolDir=${join(folder, "spool")}`,
      `SlurmctldPidFile=${join(folder, "slurmctld.pid")}`,
      `SlurmdPidFile=${join(folder, "slurmd.pid")}`,
      `SlurmctldLogFile=${join(folder, "slurmctld.log")}`,
      `SlurmdLogFile=${join(folder, "slurmd.log")}`,
      "ProctrackType=proctrack/linuxproc", // needs no cgroups, which a container may not have
      "TaskPlugin=task/none",
      "JobAcctGatherType=jobacct_gather/none",
      "AccountingStorageType=accounting_storage/none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_CPU",
      "ReturnToService=2",
      "MpiDefault=none",
      "KillWait=10",
      "SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=10000",
      `NodeName=${name} NodeAddr=127.0.0.1 CPUs=${cores} RealMemory=${memory} State=UNKNOWN`,
      `PartitionName=main Nodes=${name} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO`,
      "",
    ].join("\n"),
  );
  const env = { SLURM_CONF: config };
  const kill = async (daemon: string, signal: Deno.Signal = "SIGKILL") => {
    try {
      const pid = Number(readFileSync(join(folder, `${daemon}.pid`), "utf8"));
      Deno.kill(pid, signal);
      await gone(pid);
    } catch {
      return; // it is not there
    }
  };
  const start = (daemon: string) => finished(daemon, [], env);
  const command = (program: string, ...args: string[]) => finished(program, args, env);
  const ready = async () => {
    // Bounded by the test's own patience: a node registers within seconds, or the log says why not.
    for (let i = 0; i < 300; i++) {
      const state = await command("sinfo", "--noheader", "--format=%T").catch(() => "");
      if (/^(idle|mixed|allocated|completing)/.test(state)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(readFileSync(join(folder, "slurmctld.log"), "utf8").slice(-2000));
  };
  await start("slurmctld");
  await start("slurmd");
  await ready();
  return {
    env,
    command,
    async restartNode() {
      await kill("slurmd");
      await start("slurmd");
      await ready();
    },
    stopController: () => kill("slurmctld", "SIGTERM"), // it saves what it knows
    async startController() {
      await start("slurmctld");
      await ready();
    },
    async [Symbol.asyncDispose]() {
      await command("scancel", `--user=${userInfo().username}`).catch(() => {});
      for (const daemon of ["slurmd", "slurmctld"]) await kill(daemon);
      const pid = Number(readFileSync(join(munge, "pid-file"), "utf8"));
      Deno.kill(pid, "SIGTERM");
      await gone(pid);
    },
  };
}

async function finished(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  // A daemon keeps what it inherits open, so its output is not waited for.
  const isDaemon = /^(munged|slurmctld|slurmd)$/.test(program) && args[0] !== "-C";
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "null",
    stdout: isDaemon ? "null" : "piped",
    stderr: isDaemon ? "null" : "piped",
  }).spawn();
  if (isDaemon) {
    const { code } = await child.status;
    if (code !== 0) throw new Error(`${program} ended with exit status ${code}`);
    return "";
  }
  const { code, stdout, stderr } = await child.output();
  if (code !== 0) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Resolves when there is no such process. */
async function gone(pid: number): Promise<void> {
  const isThere = () => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] !== "Z";
    } catch {
      return false;
    }
  };
  while (isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}
