import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Dice } from "./dice.ts";

/** Flips one random bit of a file; says where, or `undefined` if there is none to flip. */
export function flip(path: string, draw: Dice): string | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  if (bytes.length === 0) return undefined;
  chmodSync(path, 0o644);
  const at = draw(bytes.length);
  bytes[at]! ^= 1 << draw(8);
  writeFileSync(path, bytes);
  return `byte ${at} of ${path}`;
}
