/** Which folders of node_modules some modules load. */

/** What `deno info --json` says of a package; the key is its name and version. */
interface NpmPackage {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly localPath?: string;
}

interface Info {
  readonly modules: readonly { readonly npmPackage?: string; readonly error?: string }[];
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

/** Loaded by name at run time, so that no import shows them. */
const UNSEEN = ["esbuild"];

/**
 * Folders and links, relative to the project, that its entry points need, and all that these need.
 *
 * @throws {Error} If Deno cannot say what they import.
 */
export async function npmFolders(project: string, entries: readonly string[]): Promise<string[]> {
  const packages = new Map<string, NpmPackage>();
  for (const entry of entries) {
    const { modules, npmPackages } = await infoOf(project, entry);
    const add = (id: string | undefined): void => {
      const found = id === undefined ? undefined : npmPackages[id];
      if (found === undefined || packages.has(id!)) return;
      packages.set(id!, found);
      found.dependencies.forEach(add);
    };
    for (const { npmPackage } of modules) add(npmPackage);
    for (const id of Object.keys(npmPackages)) {
      if (UNSEEN.includes(npmPackages[id]!.name)) add(id);
    }
  }
  const paths = new Set<string>();
  for (const { name, localPath } of packages.values()) {
    // Packages for other systems are named, and not there.
    if (localPath === undefined || !await exists(localPath)) continue;
    paths.add(localPath.slice(project.length).replace(/^\/|\/node_modules\/.*$/g, ""));
    for (const link of [`node_modules/${name}`, `node_modules/.deno/node_modules/${name}`]) {
      if (await exists(`${project}/${link}`)) paths.add(link);
    }
  }
  return [...paths].map((path) => path.replace(/^\//, "")).sort();
}

async function infoOf(project: string, entry: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${project}/${entry}`],
    cwd: project,
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot read ${entry}: ${decoder.decode(stderr).trim()}`);
  const info = JSON.parse(decoder.decode(stdout)) as Info;
  const broken = info.modules.find(({ error }) => error !== undefined)?.error;
  if (broken !== undefined) throw new Error(`Cannot read ${entry}: ${broken.split("\n")[0]}`);
  return info;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}
