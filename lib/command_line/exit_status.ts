import { EXIT } from "../pipeline/verbs/verb.ts";
import { load } from "./load.ts";

/** The exit status of an error that is no fault of the program; `undefined` of one that is. */
export async function statusOf(error: unknown): Promise<number | undefined> {
  const { StudyError } = await load<typeof import("../pipeline/config/fault.ts")>(
    "../pipeline/config/fault.ts",
  );
  const { BundleFileError } = await load<typeof import("../pipeline/store/bundle.ts")>(
    "../pipeline/store/bundle.ts",
  );
  const { DamagedObjectError } = await load<typeof import("../pipeline/store/objects.ts")>(
    "../pipeline/store/objects.ts",
  );
  if (error instanceof RangeError || error instanceof StudyError) return EXIT.usage;
  if (error instanceof DamagedObjectError || error instanceof BundleFileError) return EXIT.corrupt;
  const code = (error as { code?: unknown } | undefined)?.code;
  const isOfSystem = typeof code === "string" && /^E[A-Z]+$/.test(code); // a full disk, say
  return isOfSystem ? EXIT.failed : undefined;
}
