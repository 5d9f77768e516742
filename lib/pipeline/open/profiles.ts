/** A study under each of its profiles, for verbs that look at all of them. */
import { StudyError } from "../config/fault.ts";
import { entriesOf, fieldOf } from "../config/raw.ts";
import type { Workspace } from "../run/workspace.ts";
import { openWorkspace, type WorkspaceOptions } from "./open_workspace.ts";

/**
 * Opens the study under every profile, `default` first.
 *
 * @param onFaults Told the profile that has faults, before they are thrown.
 * @throws {StudyError} With the faults of the first profile that has any.
 */
export async function openProfiles(
  options: Omit<WorkspaceOptions, "profile">,
  onFaults: (profile: string) => void,
): Promise<[Workspace, ...Workspace[]]> {
  const first = await openWorkspace({ ...options, profile: "default" });
  const names = entriesOf(fieldOf(first.study.source.document.toJS(), "profiles"))
    .map(([name]) => name).filter((name) => name !== "default");
  const others: Workspace[] = [];
  for (const profile of names) {
    try {
      others.push(await openWorkspace({ ...options, profile }));
    } catch (error) {
      if (error instanceof StudyError) onFaults(profile);
      throw error;
    }
  }
  return [first, ...others];
}
