/**
 * `deno task readme`: writes the numbers of README.md and docs/ from the results in `artifacts/`, and
 * names each number of their prose that rests on none of them.
 *
 * `--check` writes nothing and exits with 1 if a block differs; `--artifacts` names another folder.
 */
import { parseArgs } from "node:util";
import { proseFaults } from "../lib/study/page/prose_numbers.ts";
import { readProseSources } from "../lib/study/page/read_prose_sources.ts";
import { type Refreshed, refreshNumbers } from "../lib/study/page/refresh_numbers.ts";

/** The documents whose numbers come from results, from the repository's root. */
export const DOCUMENTS = ["README.md", "docs/measures.md", "docs/results.md", "docs/studies.md"];

const HELP = `Writes the numbers of ${DOCUMENTS.join(" and ")} from the results in artifacts/, and
names each number of their prose that stands in no table or comment of its section.

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
  const sources = await readProseSources(".", DOCUMENTS, artifacts);
  const unfounded = DOCUMENTS.flatMap((path) =>
    proseFaults(path, sources).map(({ line, message }) => `${path}:${line}: ${message}`)
  );
  const lines = [
    ...changed.map((file) => `${check ? "differs" : "written"}  ${file}`),
    ...missing.map((file) => `missing  ${file}`),
    ...unfounded,
  ];
  const text = lines.length > 0 ? lines.join("\n") : `${DOCUMENTS.join(" and ")} are up to date`;
  const faults = missing.length + unfounded.length + (check ? changed.length : 0);
  return [`${text}\n`, faults > 0 ? 1 : 0];
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
