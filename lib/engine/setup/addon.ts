/** Compiles tfjs-node's N-API addon with one call of the C++ compiler. */
import { lastLines, remedyForFullDisk, SetupFailure } from "./failure.ts";
import type { AddonPackages } from "./packages.ts";
import { COMPILER_FLAGS } from "./release.ts";
import { findCommand, type System } from "./system.ts";

/** Compilers that are tried after `$CXX`, best first. */
export const COMPILERS: readonly string[] = ["g++", "c++", "clang++"];

/**
 * The C++ compiler to use: `$CXX` (it may carry arguments), else the first that exists.
 *
 * @throws {SetupFailure} If there is none.
 */
export function findCompiler(system: System): readonly string[] {
  const chosen = system.env("CXX")?.trim();
  if (chosen) return chosen.split(/\s+/);
  const found = COMPILERS.find((name) => findCommand(system, name) !== undefined);
  if (found) return [found];
  throw new SetupFailure({
    step: "find a C++ compiler",
    why: `none of ${COMPILERS.join(", ")} is on the PATH`,
    mend: "install one, for instance `apt-get install g++`, or set CXX",
  });
}

/** Against what an addon is compiled and linked. */
export interface AddonTarget {
  /** Folder of TensorFlow's headers. */
  readonly include: string;
  /** Folder of its libraries at compile time. */
  readonly libraries: string;
  /** Linker arguments that name the libraries. */
  readonly link: readonly string[];
  /** Folder of the libraries as seen from the addon's own, for instance `../lib`. */
  readonly runtimePath: string;
  /** Path of the addon to write; its folder exists. */
  readonly output: string;
}

/**
 * Compiles the addon: two source files, no build system.
 *
 * @throws {SetupFailure} If the compiler fails; its last lines are in the message.
 */
export async function compileAddon(
  system: System,
  compiler: readonly string[],
  { tfjsNode, nodeHeaders }: AddonPackages,
  target: AddonTarget,
  cache: string,
): Promise<void> {
  const [command, ...args] = compiler;
  const { code, output } = await system.run(command!, [
    ...args,
    ...COMPILER_FLAGS,
    `-I${nodeHeaders}`,
    `-I${target.include}`,
    `${tfjsNode}/binding/tfjs_backend.cc`,
    `${tfjsNode}/binding/tfjs_binding.cc`,
    "-o",
    target.output,
    `-L${target.libraries}`,
    ...target.link,
    `-Wl,-rpath,$ORIGIN/${target.runtimePath}`,
  ]);
  if (code === 0) return;
  const errors = output.split("\n").filter((line) => /\berror\b/i.test(line)).join("\n");
  throw new SetupFailure({
    step: "compile the addon",
    why: code === 127
      ? `${command} is not a command`
      : `${command} failed (exit code ${code}): ${lastLines(errors || output)}`,
    mend: remedyForFullDisk(output, cache) ??
      "install a C++17 compiler, for instance `apt-get install g++`, or set CXX",
  });
}
