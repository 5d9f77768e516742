/** `import --expect`: what a bundle has to be, so that a forged one is not taken on trust. */
import { lockFaultOf } from "../run/lock_file.ts";
import { DISK } from "../store/disk.ts";
import { hashFile } from "../store/objects.ts";
import { BundleFileError } from "../store/bundle.ts";
import type { ResultRecord } from "../store/record.ts";
import { UsageError } from "./verb.ts";

/** The digest of a bundle as `export` prints it. */
export function bundleDigest(file: string): string {
  return `sha256:${hashFile(DISK, file)}`;
}

/**
 * The check that an expectation asks for.
 *
 * A digest `sha256:…` is that of the whole file, as `export` printed it. Anything else is a lock file:
 * every result of the bundle has to be one of those that it accepts, by key and by bytes.
 *
 * @param file The bundle.
 * @returns To be called with the results of the bundle.
 * @throws {BundleFileError} If the file has another digest.
 * @throws {UsageError} If the expectation is neither.
 */
export function expectationOf(
  expected: string | undefined,
  file: string,
): (records: readonly ResultRecord[]) => void {
  if (expected === undefined) return () => {};
  if (expected.startsWith("sha256:")) {
    if (!/^sha256:[0-9a-f]{64}$/.test(expected)) {
      throw new UsageError(
        `Cannot import by --expect ${expected}; want sha256: and 64 digits, as export prints`,
      );
    }
    const actual = bundleDigest(file);
    if (actual === expected) return () => {};
    throw new BundleFileError(
      `Cannot import ${file}: it is ${actual}, not ${expected}; nothing was imported`,
    );
  }
  return (records) => {
    for (const record of records) {
      const fault = lockFaultOf(expected, record);
      if (fault === undefined) continue;
      throw new BundleFileError(`Cannot import ${file}: ${fault}; nothing was imported`);
    }
  };
}
