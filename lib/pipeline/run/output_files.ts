import type { Cell } from "../plan/cell.ts";
import type { Layout } from "../store/layout.ts";
import { filesOf } from "../store/objects.ts";
import type { ResultRecord } from "../store/record.ts";

/** Path of each file that a result holds → its digest. */
export function outputFiles(
  layout: Layout,
  { stage }: Cell,
  { outputs }: ResultRecord,
): ReadonlyMap<string, string> {
  return new Map(
    [...stage.outputs.values()].flatMap(({ name, path }) =>
      filesOf(layout, outputs[name]!.digest).map((file): [string, string] => [
        file.path === "" ? path : `${path}/${file.path}`,
        file.digest,
      ])
    ),
  );
}
