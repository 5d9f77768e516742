/** Opens the study that the command line names: the one place where verbs get theirs from. */
import type { WorkspaceOptions } from "../pipeline/open/open_workspace.ts";
import type { ProfilesContext, StudyContext, VerbContext } from "../pipeline/verbs/verb.ts";
import { absentAccelerator, type GlobalOptions } from "./globals.ts";
import { load } from "./load.ts";
import type { OpeningHow } from "./verb_setup.ts";

/**
 * Adds the study to a verb's surroundings, read and checked.
 *
 * @param project Absolute path of the folder with the `deno.json` that workers run under.
 * @param how What the verb wants of it.
 */
export async function withStudy(
  context: VerbContext,
  options: GlobalOptions,
  project: string,
  { foreseen = false }: OpeningHow = {},
): Promise<StudyContext> {
  const { openWorkspace } = await load<typeof import("../pipeline/open/open_workspace.ts")>(
    "../pipeline/open/open_workspace.ts",
  );
  return { ...context, workspace: await openWorkspace(placeOf(options, project, foreseen)) };
}

/**
 * Adds the study under each of its profiles; the one that the command line names is no matter.
 *
 * @throws {StudyError} If it has faults under all of them.
 */
export async function withProfiles(
  context: VerbContext,
  options: GlobalOptions,
  project: string,
): Promise<ProfilesContext> {
  const { openProfiles } = await load<typeof import("../pipeline/open/profiles.ts")>(
    "../pipeline/open/profiles.ts",
  );
  const { workspaces: [first, ...others], faulty } = await openProfiles(placeOf(options, project));
  if (!first) throw faulty!.error;
  return { ...context, workspaces: [first, ...others], faulty };
}

function placeOf(
  { file, profile, artifacts }: GlobalOptions,
  project: string,
  foreseen = false,
): WorkspaceOptions {
  return {
    file,
    profile,
    artifacts,
    project,
    // An interface has no index signature; spread, it is a plain map of facts.
    engine: async (threads) => ({
      ...((foreseen && (await absentAccelerator())?.description) ||
        (await load<typeof import("../engine/description.ts")>("../engine/description.ts"))
          .engineDescription(threads)),
    }),
  };
}
