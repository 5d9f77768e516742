/** Opens a plugin's shared library, and finds its functions. */
import type { CAllocator } from "./c_memory.ts";
import { API, type FunctionName, FUNCTIONS, PJRT_VERSION } from "./pjrt_layout.ts";
import type { Address, Struct } from "./struct.ts";

/** A function of the plugin's table, which takes a struct and returns an error or null. */
export type Call = (args: Struct<typeof FUNCTIONS[FunctionName]["takes"]>) => Deno.PointerValue;

/** A call on a thread of its own, so that timers go on here. */
export interface SlowCall {
  /** @param args Address of the struct, which outlives this thread. */
  run(args: Address): Promise<Deno.PointerValue>;
  readonly allocator: CAllocator;
}

/** An open plugin. */
export interface PluginLibrary {
  /** Version of the interface, for instance `0.115`. */
  readonly apiVersion: string;
  /** The functions that it has: an older one's table ends earlier. */
  readonly calls: ReadonlyMap<FunctionName, Call>;
  /** Compiles aside; `undefined` if that cannot be, so that this thread has to wait. */
  readonly slowCompile: SlowCall | undefined;
}

/** RTLD_NOW and RTLD_NODELETE, which Linux and macOS number differently. */
const KEEP_LOADED = globalThis.Deno?.build.os === "darwin" ? 0x82 : 0x1002;

/** Functions without which not even an error can be told. */
const NEEDED = ["PJRT_Error_Destroy", "PJRT_Error_Message", "PJRT_Client_Create"] as const;

/**
 * Opens a plugin.
 *
 * @throws {Error} If the library cannot be opened, is no plugin, or speaks a version of the interface
 *   whose table has another order.
 */
export function openPluginLibrary(path: string): PluginLibrary {
  const { api, allocator } = openApi(path);
  const size = Number(api.getBigUint64(0));
  const [major, minor] = size < API.functions
    ? [-1, -1]
    : [api.getInt32(API.major), api.getInt32(API.minor)];
  if (size < API.functions) {
    throw new Error(
      `Cannot use the plugin ${path}: GetPjrtApi() gives a table of ${size} bytes, too short to ` +
        "have a version; name the library of a PJRT plugin",
    );
  }
  const apiVersion = `${major}.${minor}`;
  if (major !== PJRT_VERSION.major || minor < PJRT_VERSION.oldestMinor) {
    const { major: ours, oldestMinor } = PJRT_VERSION;
    throw new Error(
      `Cannot use the plugin ${path}: it speaks version ${apiVersion} of PJRT's interface, ` +
        `and Basin speaks ${ours}.${oldestMinor} and later ${ours}.x; take a plugin of another ` +
        "release, for instance by `deno task setup --engine cuda`",
    );
  }
  const calls = new Map<FunctionName, Call>();
  for (const name of Object.keys(FUNCTIONS) as FunctionName[]) {
    const pointer = pointerOf(api, size, name);
    if (pointer === null) continue;
    const type = { parameters: ["buffer"], result: "pointer" } as const;
    const fn = new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<typeof type>, type);
    calls.set(name, ({ bytes }) => fn.call(bytes));
  }
  const missing = NEEDED.filter((name) => !calls.has(name));
  if (missing.length > 0) {
    throw new Error(
      `Cannot use the plugin ${path}: it has no ${
        missing.join(", no ")
      }; take another release of it`,
    );
  }
  const compile = pointerOf(api, size, "PJRT_Client_Compile");
  return { apiVersion, calls, slowCompile: allocator && slowly(compile, allocator) };
}

function openApi(
  path: string,
): { api: Deno.UnsafePointerView; allocator: CAllocator | undefined } {
  let library;
  try {
    library = Deno.dlopen(path, {
      GetPjrtApi: { parameters: [], result: "pointer" },
      // The C library's, found through the plugin, which depends on it.
      dlopen: { parameters: ["buffer", "i32"], result: "pointer", optional: true },
      calloc: { parameters: ["usize", "usize"], result: "pointer", optional: true },
      free: { parameters: ["pointer"], result: "void", optional: true },
    });
  } catch (error) {
    const why = (error as Error).message.split("\n")[0]!;
    throw new Error(
      why.includes("GetPjrtApi")
        ? `Cannot use ${path} as an XLA plugin: it has no function GetPjrtApi, so it is no PJRT ` +
          "plugin; name the library of one, such as xla_cuda_plugin.so"
        : `Cannot open the XLA plugin ${path}: ${why}; name the shared library of a PJRT plugin ` +
          "built for this machine",
      { cause: error },
    );
  }
  // Deno unloads libraries when a thread or the process ends; the plugin's own threads still run
  // then, and would be left without their code.
  library.symbols.dlopen?.(new TextEncoder().encode(`${path}\0`), KEEP_LOADED);
  const api = library.symbols.GetPjrtApi();
  if (api === null) {
    throw new Error(
      `Cannot use the plugin ${path}: GetPjrtApi() gives nothing; take another release of it`,
    );
  }
  const { calloc, free } = library.symbols;
  return {
    api: new Deno.UnsafePointerView(api),
    allocator: calloc && free ? { calloc, free } : undefined,
  };
}

function pointerOf(
  api: Deno.UnsafePointerView,
  size: number,
  name: FunctionName,
): Deno.PointerValue {
  const at = API.functions + 8 * FUNCTIONS[name].place;
  return at + 8 <= size ? api.getPointer(at) : null;
}

function slowly(pointer: Deno.PointerValue, allocator: CAllocator): SlowCall | undefined {
  if (pointer === null) return undefined;
  const type = { parameters: ["pointer"], result: "pointer", nonblocking: true } as const;
  const fn = new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<typeof type>, type);
  return { allocator, run: (args) => fn.call(Deno.UnsafePointer.create(args)) };
}
