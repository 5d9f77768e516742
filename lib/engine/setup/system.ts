/** What set-up needs from the machine; tests pass a fake that fails where they want it to. */
import { createRequire } from "node:module";
import { type Surroundings, THIS_MACHINE } from "./location.ts";

/** How a command ended. */
export interface CommandResult {
  /** Exit code; 127 if there is no such command, 124 if it ran past its time limit. */
  readonly code: number;
  /** Everything that it wrote to stdout, then everything it wrote to stderr. */
  readonly output: string;
}

/** How to run a command. */
export interface CommandOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The command is killed after so many seconds. */
  readonly limitSeconds?: number;
}

/** The machine as set-up sees it. */
export interface System extends Surroundings {
  /** Runs a command to its end, its output captured; never rejects because the command failed. */
  readonly run: (
    command: string,
    args: readonly string[],
    options?: CommandOptions,
  ) => Promise<CommandResult>;
  /** Folder of an installed npm package, or `undefined` if it is not in `node_modules`. */
  readonly packageFolder: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The machine that this process runs on. */
export const THIS_SYSTEM: System = {
  ...THIS_MACHINE,
  run: runCommand,
  packageFolder,
  now: () => Date.now(),
};

/**
 * The path of `command` on the search path, or `undefined` if it is not there.
 *
 * A look at the folders, not a call of the program: quick enough for the no-op set-up.
 */
export function findCommand(system: Surroundings, command: string): string | undefined {
  if (command.includes("/")) return isFile(command) ? command : undefined;
  for (const folder of (system.env("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":")) {
    if (folder !== "" && isFile(`${folder}/${command}`)) return `${folder}/${command}`;
  }
  return undefined;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function runCommand(
  command: string,
  args: readonly string[],
  { env, cwd, limitSeconds = 3600 }: CommandOptions = {},
): Promise<CommandResult> {
  const overtime = new AbortController();
  const timer = setTimeout(() => overtime.abort(), limitSeconds * 1000);
  try {
    const result = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: overtime.signal,
      ...(env && { env: { ...env } }),
      ...(cwd !== undefined && { cwd }),
    }).output();
    const text = new TextDecoder();
    const output = text.decode(result.stdout) + text.decode(result.stderr);
    return overtime.signal.aborted
      ? { code: 124, output: `${output}\nkilled after ${limitSeconds} s` }
      : { code: result.code, output };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
    return { code: 127, output: `${command}: ${error.message}` };
  } finally {
    clearTimeout(timer);
  }
}

function packageFolder(name: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return manifest.slice(0, -"/package.json".length);
  } catch {
    return undefined;
  }
}
