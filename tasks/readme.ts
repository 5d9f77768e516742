/**
 * `deno task readme`: writes the numbers of README.md and docs/ from the results in `artifacts/`.
 *
 * `--check` writes nothing and exits with 1 if a block differs; `--artifacts` names another folder.
 */
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  commandFor,
  fillBlocks,
  numbersBlocks,
  pictureOf,
} from "../lib/study/page/readme_blocks.ts";

/** What became of the document. */
export interface Refreshed {
  /** Blocks, by their files, whose numbers were others. */
  readonly changed: readonly string[];
  /** Files that are not there, each with the command that makes it. */
  readonly missing: readonly string[];
}

/**
 * Brings the blocks of numbers in a document up to date, and formats it.
 *
 * @param path The document; its pictures are relative to it.
 * @param write Whether to write, or to compare alone.
 */
export async function refreshNumbers(
  path: string,
  artifacts: string,
  write: boolean,
): Promise<Refreshed> {
  const document = await Deno.readTextFile(path);
  const texts = new Map<string, string>();
  const changed: string[] = [];
  const missing: string[] = [];
  const pictures: [from: string, to: string][] = [];
  const blocks = numbersBlocks(document);
  for (const block of blocks) {
    const { file } = block;
    const text = await textOf(`${artifacts}/${file}`);
    const named = file.endsWith(".svg") ? pictureOf(block) : undefined;
    const picture = named === undefined ? undefined : resolve(dirname(path), named);
    if (text === undefined) {
      missing.push(`${artifacts}/${file}: \`${commandFor(file)}\` makes it`);
    } else if (picture === undefined) texts.set(file, text);
    else if (text !== await textOf(picture)) {
      changed.push(file);
      pictures.push([`${artifacts}/${file}`, picture]);
    }
  }
  const filled = await formatted(fillBlocks(document, texts));
  const after = numbersBlocks(filled);
  changed.push(
    ...blocks.filter(({ text }, k) => text !== after[k]!.text).map(({ file }) => file),
  );
  if (write) {
    if (filled !== document) await Deno.writeTextFile(path, filled);
    for (const [from, to] of pictures) await Deno.copyFile(from, to);
  }
  return { changed, missing };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** As `deno fmt` has it, for tables line up otherwise there. */
async function formatted(markdown: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  await input.write(new TextEncoder().encode(markdown));
  await input.close();
  const { success, stdout, stderr } = await process.output();
  if (!success) throw new Error(`Cannot format: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

const DOCUMENTS = ["README.md", "docs/measures.md", "docs/results.md", "docs/studies.md"];

const HELP = `Writes the numbers of ${DOCUMENTS.join(" and ")} from the results in artifacts/.

  --check              write nothing; exit with 1 if a block differs
  --artifacts <folder> take the results from there
  --help               show this

Examples: deno task readme
          deno task readme --check --artifacts other
`;

/** Runs the command; returns the text for people and the exit status. */
async function main(args: string[]): Promise<[text: string, status: number]> {
  const { values: { check, artifacts, help } } = parseArgs({
    args,
    options: {
      check: { type: "boolean", default: false },
      artifacts: { type: "string", default: "artifacts" },
      help: { type: "boolean", default: false },
    },
  });
  if (help) return [HELP, 0];
  const refreshed: Refreshed[] = [];
  for (const path of DOCUMENTS) refreshed.push(await refreshNumbers(path, artifacts, !check));
  const changed = refreshed.flatMap(({ changed }) => changed);
  const missing = refreshed.flatMap(({ missing }) => missing);
  const lines = [
    ...changed.map((file) => `${check ? "differs" : "written"}  ${file}`),
    ...missing.map((file) => `missing  ${file}`),
  ];
  const text = lines.length > 0 ? lines.join("\n") : `${DOCUMENTS.join(" and ")} are up to date`;
  return [`${text}\n`, missing.length > 0 || (check && changed.length > 0) ? 1 : 0];
}

if (import.meta.main) {
  // A flag that there is not, or a block that does not end: the message says which.
  const [text, status] = await main(Deno.args).catch((error: Error): [string, number] => [
    `${error.message}\n`,
    2,
  ]);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  Deno.exit(status);
}
