/** Parquet files, as the Hugging Face hub has data sets. */
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { unreadable } from "./byte_source.ts";

/** A row: a value by the name of its column. */
export type ParquetRow = Readonly<Record<string, unknown>>;

/**
 * Reads all rows of a Parquet file, in whichever compression.
 *
 * @param name For messages.
 * @throws {SyntaxError} If it is no such file, or damaged.
 */
export async function decodeParquet(name: string, bytes: Uint8Array): Promise<ParquetRow[]> {
  const magic = new TextDecoder("latin1");
  if (
    magic.decode(bytes.subarray(0, 4)) !== "PAR1" || magic.decode(bytes.subarray(-4)) !== "PAR1"
  ) {
    throw unreadable(name, "it is no whole Parquet file");
  }
  const file = bytes.slice().buffer;
  try {
    // Bytes of images are not text, whatever a file says of them.
    return await parquetReadObjects({ file, compressors, utf8: false });
  } catch (cause) {
    throw unreadable(name, `it is damaged (${(cause as Error).message})`, cause);
  }
}
