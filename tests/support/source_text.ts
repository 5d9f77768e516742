/**
 * Strings and comments of TypeScript, whichever begins first.
 *
 * Good for reading imports and names, not a parser: a regular expression that contains a quote hides
 * the rest of its line.
 */
const STRING_OR_COMMENT =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;

/** The text with its comments blanked. */
export function withoutComments(text: string): string {
  return text.replaceAll(STRING_OR_COMMENT, (match) => match.startsWith("/") ? " " : match);
}

/** The text with its comments and strings blanked, so that only code is left. */
export function withoutStrings(text: string): string {
  return text.replaceAll(STRING_OR_COMMENT, (match) => match.startsWith("/") ? " " : '""');
}
