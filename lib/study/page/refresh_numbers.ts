/** Writing the numbers of a document from the results. */
import { dirname, resolve } from "node:path";
import { commandFor, fillBlocks, numbersBlocks, pictureOf } from "./readme_blocks.ts";
import { textIfThere } from "./text_if_there.ts";

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
    const text = await textIfThere(`${artifacts}/${file}`);
    const named = file.endsWith(".svg") ? pictureOf(block) : undefined;
    const picture = named === undefined ? undefined : resolve(dirname(path), named);
    if (text === undefined) {
      missing.push(`${artifacts}/${file}: \`${commandFor(file)}\` makes it`);
    } else if (picture === undefined) texts.set(file, text);
    else if (text !== await textIfThere(picture)) {
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
