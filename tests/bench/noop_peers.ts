/** The same graph for other tools: one file, many made of it, one made of those. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A tool with a finished build in a folder. */
export interface Peer {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
}

/** Programs of the PATH; a peer that is not installed is left out. */
function installed(program: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(delimiter)
    .map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Writes the graph of so many tasks for every peer that is installed. */
export function writePeers(root: string, count: number): Peer[] {
  const names = Array.from({ length: count - 2 }, (_, i) => `grow${i}`);
  const peers: Peer[] = [];
  const add = (program: string, args: string[], write: (folder: string) => void) => {
    const path = installed(program);
    if (!path) return;
    const folder = join(root, program);
    mkdirSync(folder);
    write(folder);
    peers.push({ name: program, command: [path, ...args], folder });
  };
  add("ninja", ["-C", "."], (folder) => {
    const lines = [
      "rule touch\n  command = touch $out\n",
      "build make: touch",
      ...names.map((name) => `build ${name}: touch make`),
      `build sum: touch ${names.join(" ")}`,
    ];
    writeFileSync(join(folder, "build.ninja"), `${lines.join("\n")}\n`);
  });
  add("snakemake", ["-j2", "--quiet"], (folder) => {
    const text = `N = range(${names.length})
rule sum:
    input: expand("grow{i}", i=N)
    output: "sum"
    shell: "touch {output}"
rule grow:
    input: "make"
    output: "grow{i}"
    shell: "touch {output}"
rule make:
    output: "make"
    shell: "touch {output}"
`;
    writeFileSync(join(folder, "Snakefile"), text);
    // Made by hand, in the order of their needs: a thousand shells would take minutes.
    for (const name of ["make", ...names, "sum"]) writeFileSync(join(folder, name), "");
  });
  add("wireit", [], (folder) => {
    const task = (name: string, needs: readonly string[]) => ({
      command: `node -e "require('fs').writeFileSync('${name}.out','')"`,
      files: [],
      output: [`${name}.out`],
      dependencies: needs,
    });
    const wireit = Object.fromEntries([
      ["make", task("make", [])],
      ...names.map((name) => [name, task(name, ["make"])]),
      ["sum", task("sum", names)],
    ]);
    const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, "wireit"]));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts, wireit }));
  });
  return peers.map((peer) =>
    // It wants to be started as a script of a package.
    peer.name === "wireit" ? { ...peer, command: ["npm", "run", "--silent", "sum"] } : peer
  );
}
