/** Copies a folder with all that is in it; links are followed. */
export async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if ((await Deno.stat(source)).isDirectory) await copyTree(source, target);
    else await Deno.copyFile(source, target);
  }
}
