/**
 * Numbers in a Markdown document that come from results, never from a hand.
 *
 * A block stands between `<!-- numbers: FILE -->` and `<!-- end of numbers -->`; FILE is relative to
 * the folder of artifacts. It holds that file's text, or, if FILE is an SVG, a picture whose file is a
 * copy of it.
 */

/** One block of a document. */
export interface NumbersBlock {
  /** The file that it comes from, relative to the folder of artifacts. */
  readonly file: string;
  /** What stands in it. */
  readonly text: string;
  /** For people: 1 is the first line. */
  readonly line: number;
  /** Where its text starts and ends in the document. */
  readonly start: number;
  readonly end: number;
}

const MARK = /<!-- (?:numbers: (\S+)|(end of numbers)) -->\n/g;

/**
 * The blocks of a document, in their order.
 *
 * @throws {SyntaxError} If one does not end, ends twice, or begins within another.
 */
export function numbersBlocks(document: string): NumbersBlock[] {
  const blocks: NumbersBlock[] = [];
  let open: { file: string; start: number; line: number } | undefined;
  for (const { 0: mark, 1: file, index } of document.matchAll(MARK)) {
    const line = document.slice(0, index).split("\n").length;
    if ((file === undefined) !== (open !== undefined)) {
      throw new SyntaxError(
        `Cannot read the blocks of numbers: line ${line} ${
          file === undefined ? "ends none" : `begins one within that of line ${open!.line}`
        }; give each block its end`,
      );
    }
    if (file !== undefined) open = { file, line, start: index + mark.length };
    else {
      blocks.push({ ...open!, end: index, text: document.slice(open!.start, index) });
      open = undefined;
    }
  }
  if (open) {
    throw new SyntaxError(
      `Cannot read the blocks of numbers: that of line ${open.line} has no end; give it one`,
    );
  }
  return blocks;
}

/** The document with these texts in its blocks; a block without a text stays as it is. */
export function fillBlocks(
  document: string,
  texts: ReadonlyMap<string, string>,
): string {
  let filled = "";
  let end = 0;
  for (const block of numbersBlocks(document)) {
    const text = texts.get(block.file);
    const own = text === undefined ? block.text : `\n${text.trim()}\n\n`;
    filled += document.slice(end, block.start) + own;
    end = block.end;
  }
  return filled + document.slice(end);
}

/** The file that a block's picture shows, as the document names it; none if it shows none. */
export function pictureOf({ text }: NumbersBlock): string | undefined {
  return /!\[[^\]]*\]\(([^)\s]+)\)/.exec(text)?.[1];
}

/** The command that makes a file of artifacts: that of the profile in its path. */
export function commandFor(file: string): string {
  const [, profile] = /(?:^|\/)_profile\/([^/]+)\//.exec(file) ?? [];
  return `deno task pipeline${profile === undefined ? "" : ` --profile ${profile}`}`;
}
