/** Width that running text is folded to. */
const LINE_WIDTH = 100;

/** Text as lines of at most 100 characters, broken between words. */
export function fold(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && [...line].length + 1 + [...word].length > LINE_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
