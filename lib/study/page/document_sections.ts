/** Sections of a Markdown document: from a heading to the next of any level. */
export interface DocumentSection {
  /** What a link to it ends in, as GitHub makes it from the heading; empty before the first. */
  readonly anchor: string;
  /** For people: that of its first character; 1 is the document's first line. */
  readonly line: number;
  readonly text: string;
}

/** The sections of a document, in their order. Headings within fenced code are none. */
export function documentSections(document: string): DocumentSection[] {
  const sections: { anchor: string; line: number; lines: string[] }[] = [
    { anchor: "", line: 1, lines: [] },
  ];
  let fenced = false;
  for (const [k, text] of document.split("\n").entries()) {
    if (text.startsWith("```")) fenced = !fenced;
    const [, heading] = (!fenced && /^#{1,6} (.+)$/.exec(text)) || [];
    if (heading !== undefined) sections.push({ anchor: anchorOf(heading), line: k + 1, lines: [] });
    sections.at(-1)!.lines.push(text);
  }
  return sections.filter(({ lines }) => lines.length > 0)
    .map(({ lines, ...section }) => ({ ...section, text: lines.join("\n") }));
}

function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");
}
