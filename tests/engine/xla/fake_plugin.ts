/** Compiles `fake_plugin.c`, a plugin that does wrong what it is told to. */

const SOURCE = new URL("./fake_plugin.c", import.meta.url).pathname;

/** What the plugin does, by the names in `fake_plugin.c`; `TEXT` without quotes. */
export type FakeOptions = Readonly<Record<string, number | string>>;

/** Whether there is a C compiler; tests that need the plugin are ignored otherwise. */
export const canCompile: boolean = (() => {
  try {
    return new Deno.Command("gcc", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
})();

/** A fresh library in a folder of its own. */
export interface FakePlugin extends Disposable {
  readonly path: string;
  /** What the plugin in this process gave and did not get back. */
  live(): number;
}

/** @throws {Error} If the compiler fails, with its words. */
export function fakePlugin(options: FakeOptions = {}, source = SOURCE): FakePlugin {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/fake_plugin.so`;
  const defined = Object.entries(options).map(([name, value]) =>
    `-D${name}=${typeof value === "string" ? JSON.stringify(value) : value}`
  );
  const { success, stderr } = new Deno.Command("gcc", {
    args: ["-shared", "-fPIC", ...defined, source, "-o", path],
  }).outputSync();
  if (!success) throw new Error(`Cannot compile ${source}: ${new TextDecoder().decode(stderr)}`);
  return {
    path,
    live() {
      const library = Deno.dlopen(path, { live: { type: "i32" } });
      try {
        return library.symbols.live;
      } finally {
        library.close();
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}
