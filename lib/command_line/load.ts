/**
 * Loads a module, by its path from this folder. Deno reads what a literal `import("…")` names, and
 * all that it imports in turn, before the program begins. For one verb that would be all verbs, the
 * report and the engine.
 */
export async function load<Module>(path: string): Promise<Module> {
  return await import(path);
}
