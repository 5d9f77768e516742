/** `check`: checks the study under every profile; runs nothing. */
import { counted } from "../display/format.ts";
import { EXIT, type ProfilesContext, writeJson } from "./verb.ts";

/** Checks all profiles. @returns The exit status. @throws {StudyError} With the faults of all. */
export function checkVerb({ terminal, json, workspaces, faulty }: ProfilesContext): number {
  if (faulty) throw faulty.error;
  const [{ study }] = workspaces;
  const profiles = workspaces.map(({ study, graph }) => [study.profile, graph.size] as const);
  if (json) {
    writeJson(terminal, { stages: study.stages.size, cells: Object.fromEntries(profiles) });
    return EXIT.ok;
  }
  terminal.write(
    `${study.source.name}: ${counted(study.stages.size, "stage")}; ` +
      `no faults under ${counted(profiles.length, "profile")}\n`,
  );
  const longest = Math.max(...profiles.map(([name]) => name.length));
  const digits = Math.max(...profiles.map(([, size]) => String(size).length));
  for (const [name, size] of profiles) {
    const cells = counted(size, "cell");
    const width = cells.length + digits - String(size).length;
    terminal.write(`  ${name.padEnd(longest)}  ${cells.padStart(width)}\n`);
  }
  return EXIT.ok;
}
