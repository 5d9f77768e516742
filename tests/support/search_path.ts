/**
 * Makes a folder with links to every command on the search path but those whose name matches.
 *
 * @returns The folder, which is then a whole PATH of its own.
 */
export async function pathWithout(folder: string, excluded: RegExp): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const source of (Deno.env.get("PATH") ?? "").split(":")) {
    const entries = await Array.fromAsync(Deno.readDir(source)).catch(() => []);
    for (const { name } of entries) {
      if (excluded.test(name)) continue;
      // The first folder of the search path wins, as it does for a shell.
      await Deno.symlink(`${source}/${name}`, `${folder}/${name}`).catch(() => {});
    }
  }
  return folder;
}
