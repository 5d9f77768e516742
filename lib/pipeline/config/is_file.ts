import { statSync } from "node:fs";

/** Whether a file is there that can be a module; what the system cannot look at is none. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // nothing is there, a circle of links, a name that no disk can hold
  }
}
