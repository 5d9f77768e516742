/** `check`: checks the study under every profile; runs nothing. */
import { StudyError } from "../config/fault.ts";
import { counted } from "../display/format.ts";
import { openWorkspace } from "../run/workspace.ts";
import { EXIT, type VerbContext } from "./verb.ts";
import { entriesOf, fieldOf } from "../config/raw.ts";

/** Checks all profiles. @returns The exit status. @throws {StudyError} With the faults of one. */
export async function checkVerb(context: VerbContext): Promise<number> {
  const { terminal } = context;
  const first = await openWorkspace({ ...context, profile: "default" });
  const profiles = entriesOf(fieldOf(first.study.source.document.toJS(), "profiles"))
    .map(([name]) => name).filter((name) => name !== "default");
  const counts = [`default: ${counted(first.graph.size, "cell")}`];
  for (const profile of profiles) {
    try {
      const { graph } = await openWorkspace({ ...context, profile });
      counts.push(`${profile}: ${counted(graph.size, "cell")}`);
    } catch (error) {
      if (error instanceof StudyError) terminal.warn(`under the profile \`${profile}\`:\n`);
      throw error;
    }
  }
  terminal.write(
    `${first.study.source.name}: ${counted(first.study.stages.size, "stage")}; ` +
      `${counts.join(", ")}; no faults\n`,
  );
  return EXIT.ok;
}
