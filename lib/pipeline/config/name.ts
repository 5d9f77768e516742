/** What names and labels may look like; they become flags, folders and parts of references. */
const NAME_REGEXP = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
// No separators of paths and cell names, and nothing that a shell or a file system hides.
// deno-lint-ignore no-control-regex -- control characters are exactly what must not be in it
const LABEL_REGEXP = /^(?!\.)[^\s/\\,=[\]*\x00-\x1f\x7f]{1,100}$/;

/** What file systems bear as the name of a file or folder. */
const NAME_BYTES = 255;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What is wrong with the name of a stage, axis, parameter, input or output; `undefined` if nothing. */
export function nameFault(name: string): string | undefined {
  if (name in Object.prototype) {
    return `\`${name}\` is a name that every object of JavaScript has; choose another`;
  }
  if (NAME_REGEXP.test(name)) return undefined;
  return `\`${name.slice(0, 70)}\` is no name; wanted a letter, then letters, digits, _ and -`;
}

/** What is wrong with an axis label; `undefined` if nothing. */
export function labelFault(label: string): string | undefined {
  if (label in Object.prototype) {
    return `\`${label}\` is a name that every object of JavaScript has; choose another`;
  }
  if (LABEL_REGEXP.test(label) && bytesOf(label) <= NAME_BYTES) return undefined;
  return `${JSON.stringify(label.slice(0, 70))} cannot be a label; it becomes a folder name, ` +
    "so it has 1 to 100 characters, in UTF-8 at most 255 bytes, none of / \\ , = [ ] * nor spaces, " +
    "and no dot at the beginning";
}

/** What is wrong with the path of an output; `undefined` if nothing. */
export function outputPathFault(path: string): string | undefined {
  const parts = path.replace(/\/$/, "").split("/");
  const isPlain = parts.every((part) =>
    part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part) &&
    bytesOf(part) <= NAME_BYTES
  );
  if (isPlain && !parts[0]!.startsWith(".") && path.length <= 200) return undefined;
  return `${JSON.stringify(path.slice(0, 70))} is no path inside the cell's folder; ` +
    "wanted for instance `metrics.json`, or `iterates/` for a folder";
}
