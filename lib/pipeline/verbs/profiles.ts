/** A study under each of its profiles, for verbs that look at all of them. */
import { StudyError } from "../config/fault.ts";
import { entriesOf, fieldOf } from "../config/raw.ts";
import { openWorkspace, type Workspace } from "../run/workspace.ts";
import type { VerbContext } from "./verb.ts";

/**
 * Opens the study under every profile, `default` first.
 *
 * @throws {StudyError} With the faults of the first profile that has any.
 */
export async function openProfiles(
  context: VerbContext,
): Promise<[Workspace, ...Workspace[]]> {
  const first = await openWorkspace({ ...context, profile: "default" });
  const names = entriesOf(fieldOf(first.study.source.document.toJS(), "profiles"))
    .map(([name]) => name).filter((name) => name !== "default");
  const others: Workspace[] = [];
  for (const profile of names) {
    try {
      others.push(await openWorkspace({ ...context, profile }));
    } catch (error) {
      if (error instanceof StudyError) context.terminal.warn(`under the profile \`${profile}\`:\n`);
      throw error;
    }
  }
  return [first, ...others];
}
