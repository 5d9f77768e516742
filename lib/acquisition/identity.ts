import { CATALOGUE, type PublishedDataset, type PublishedFile } from "./catalogue.ts";
import { contentDigest } from "./digest.ts";
import type { LocatedFile } from "./locate.ts";
import type { ReadDataset } from "./read_published.ts";

/**
 * Checks that what was read is the data set: published bytes, or those of the digest that is wanted.
 *
 * @param wanted.digest The only one that is allowed, whether it is the published one or not.
 * @param wanted.dataDir The folder that was named, for the message.
 * @throws {Error} If it is something else, with what to do; another data set's files are named.
 */
export function checkIdentity(
  { name, page }: PublishedDataset,
  files: readonly LocatedFile[],
  { published, digest }: Pick<ReadDataset, "published" | "digest">,
  wanted: { readonly digest?: string | undefined; readonly dataDir?: string | undefined },
): void {
  const place = files.map(({ paths }) => paths[0]).join(", ");
  if (wanted.digest !== undefined && wanted.digest !== digest) {
    throw new Error(
      `Cannot use ${place} as ${name}: its digest is ${digest}, the study wants ${wanted.digest}`,
    );
  }
  if (wanted.digest !== undefined || published) return;
  const other = Object.values(CATALOGUE).find(({ files }) => digestOf(files) === digest);
  throw new Error(
    `Cannot use ${place} as ${name}: ` +
      (other
        ? `these are the files of ${other.name}`
        : `the bytes are not those of ${page}, so they are damaged or another version. If you mean ` +
          `this very copy, ${pinText(name, digest, wanted.dataDir)}`),
  );
}

/** How to say that this copy is meant: in a study, and for `measure`, which takes no digests. */
export function pinText(name: string, digest: string, dataDir: string | undefined): string {
  const folder = dataDir === undefined ? "" : ` --data-dir ${inShell(dataDir)}`;
  return `add to the data's parameters: digest: ${digest}. \`basin measure\` takes it as a file, ` +
    "the train.safetensors or test.safetensors of: " +
    `deno task stage download --dataset ${name}${folder} --digest ${digest}`;
}

/** A path as a shell takes it for one word. */
function inShell(path: string): string {
  return /^[\w./+:=@%,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** The digest of published files, where the catalogue has SHA-256 of all their members. */
function digestOf(files: readonly PublishedFile[]): string | undefined {
  const lines = files.flatMap(({ members }) => members).map(({ name, digest }) => {
    const [algorithm, hex] = digest.split(":");
    return { name, sha256: algorithm === "sha256" ? hex! : "" };
  });
  return lines.every(({ sha256 }) => sha256 !== "") ? contentDigest(lines) : undefined;
}
