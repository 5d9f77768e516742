/** `check`: checks the study under every profile; runs nothing. */
import { counted } from "../display/format.ts";
import { EXIT, type ProfilesContext, writeJson } from "./verb.ts";

/** Checks all profiles. @returns The exit status. @throws {StudyError} With the faults of one. */
export function checkVerb(context: ProfilesContext): number {
  const { terminal, workspaces } = context;
  const [{ study }] = workspaces;
  if (context.json) {
    const profiles = workspaces.map(({ study, graph }) => [study.profile, graph.size]);
    writeJson(terminal, { stages: study.stages.size, cells: Object.fromEntries(profiles) });
    return EXIT.ok;
  }
  const counts = workspaces
    .map(({ study, graph }) => `${study.profile}: ${counted(graph.size, "cell")}`);
  terminal.write(
    `${study.source.name}: ${counted(study.stages.size, "stage")}; ` +
      `${counts.join(", ")}; no faults\n`,
  );
  return EXIT.ok;
}
