import {
  type CommandOptions,
  type CommandResult,
  type System,
  THIS_SYSTEM,
} from "../../lib/engine/setup/system.ts";

/** What a faked command does; `undefined` means that there is no such command. */
export type FakeCommand = (
  args: readonly string[],
  options: CommandOptions,
) => CommandResult | Promise<CommandResult>;

/** A machine of which the test decides all but the file system; it records what was run. */
export interface FakeSystem extends System, AsyncDisposable {
  /** A new temporary folder, below which all the rest lies. */
  readonly root: string;
  /** `<root>/cache`, which BASIN_CACHE names. */
  readonly cache: string;
  /** `<root>/bin`, the whole search path: {@link addCommand} puts commands there. */
  readonly bin: string;
  readonly variables: Record<string, string>;
  readonly commands: Record<string, FakeCommand>;
  /** Names and arguments of the commands run so far. */
  readonly calls: string[];
  /** Hours that the clock is ahead of the real one. */
  hoursAhead: number;
  /** Puts a command on the search path. */
  addCommand(name: string, does: FakeCommand): Promise<void>;
}

/** A result with this code and output. */
export const ended = (code: number, output = ""): CommandResult => ({ code, output });

/** A machine with an empty cache and no commands at all. */
export async function fakeSystem(): Promise<FakeSystem> {
  const root = await Deno.makeTempDir({ prefix: "basin-test-" });
  const [cache, bin] = [`${root}/cache`, `${root}/bin`];
  await Deno.mkdir(bin);
  const start = 1_700_000_000_000;
  const system: FakeSystem = {
    root,
    cache,
    bin,
    variables: { BASIN_CACHE: cache, PATH: bin },
    commands: {},
    calls: [],
    hoursAhead: 0,
    platform: "linux-x86_64",
    env: (name) => system.variables[name],
    now: () => start + system.hoursAhead * 3_600_000,
    packageFolder: THIS_SYSTEM.packageFolder,
    run: async (command, args, options = {}) => {
      const name = command.slice(command.lastIndexOf("/") + 1);
      system.calls.push([name, ...args].join(" "));
      return await system.commands[name]?.(args, options) ?? ended(127, `${name}: not found`);
    },
    addCommand: async (name, does) => {
      await Deno.writeTextFile(`${bin}/${name}`, "");
      system.commands[name] = does;
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
  return system;
}
