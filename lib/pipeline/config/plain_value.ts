import type { Document } from "yaml";
import type { FaultList } from "./fault.ts";

/** With more of them a short text stands for a huge value. */
const MOST_ALIASES = 1000;

/**
 * What the files say together, without places.
 *
 * @throws {StudyError} If the aliases of a file stand for too much.
 */
export function plainValue(faults: FaultList): unknown {
  const { document, files } = faults.source;
  const read = readPlain(document);
  if (!(read instanceof Error)) return read.value;
  const [main, ...studies] = files;
  // The main file's document has all others in it; theirs have themselves alone.
  const guilty = studies.find(({ document }) => {
    const alone = readPlain(document);
    // An alias whose anchor is in another file fails here for that reason.
    return alone instanceof Error && alone.message === read.message;
  });
  const at = { offset: (guilty ?? main).start, length: 1 };
  faults.add(at, `cannot be read: ${read.message}`);
  faults.throwIfAny();
}

function readPlain(document: Document): { readonly value: unknown } | Error {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    return error as Error;
  }
}
