/** Calls of PJRT's C API: a plugin's library, its client and first device, programs, buffers. */
import type { Shape } from "../../graph/shape.ts";
import {
  API,
  BUFFER_TYPE,
  type FunctionName,
  FUNCTIONS,
  IMMUTABLE_ONLY_DURING_CALL,
  NAMED_VALUE_TYPE,
  PJRT_VERSION,
} from "./pjrt_layout.ts";
import { type Address, addressOf, bytesAt, Struct } from "./struct.ts";

/** A function of the plugin's table, which takes a struct and returns an error or null. */
type Call = (args: Struct<typeof FUNCTIONS[FunctionName]["takes"]>) => Deno.PointerValue;

/** Options of a client, by the plugin's own names. */
export type ClientOptions = Readonly<Record<string, string | number | boolean>>;

/** A program that is on the device. */
export interface LoadedProgram {
  readonly address: Address;
  readonly outputs: number;
}

/**
 * CompileOptionsProto { executable_build_options = 3 { device_ordinal = 1, num_replicas = 4,
 * num_partitions = 5 } }: ordinal −1, one replica, one partition.
 */
const COMPILE_OPTIONS = Uint8Array.from(
  // deno-fmt-ignore
  [0x1a, 15, 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0x20, 1, 0x28, 1],
);

/** An open plugin with a client on it. Nothing is freed by itself: see the methods. */
export class Pjrt {
  /** Version of the interface that the plugin has, for instance `0.115`. */
  readonly apiVersion: string;
  /** `cpu`, `cuda`, … */
  readonly platform: string;
  /** Version of the platform, as the plugin words it. */
  readonly platformVersion: string;
  /** For instance `NVIDIA H100 80GB HBM3`. */
  readonly deviceKind: string;
  readonly #calls: ReadonlyMap<FunctionName, Call>;
  readonly #client: Address;
  readonly #device: Address;
  #live = 0;

  /**
   * Opens a plugin and makes a client of its first device.
   *
   * @throws {Error} If the library cannot be opened, is no plugin, speaks another major version of
   *   the interface, or finds no device.
   */
  constructor(path: string, options: ClientOptions = {}) {
    const api = openApi(path);
    const [major, minor] = [api.getInt32(API.major), api.getInt32(API.minor)];
    this.apiVersion = `${major}.${minor}`;
    if (major !== PJRT_VERSION.major) {
      throw new Error(
        `Cannot use the plugin ${path}: it speaks version ${this.apiVersion} of PJRT's interface, ` +
          `and Basin speaks ${PJRT_VERSION.major}.x; take a plugin of another release`,
      );
    }
    this.#calls = callsOf(api);
    this.#call("PJRT_Plugin_Initialize", new Struct("pluginInitialize"), `start ${path}`);
    const { list, kept } = namedValues(options);
    const create = new Struct("clientCreate", {
      options: addressOf(list),
      optionCount: Object.keys(options).length,
    });
    this.#call("PJRT_Client_Create", create, `find a device through ${path}`, kept);
    const client = this.#client = create.get("client");
    const devices = new Struct("clientDevices", { client });
    this.#call("PJRT_Client_AddressableDevices", devices, "list the devices");
    if (devices.get("deviceCount") === 0n) {
      throw new Error(`Cannot use the plugin ${path}: it finds no device`);
    }
    this.#device = new BigUint64Array(bytesAt(devices.get("devices"), 8).buffer)[0]!;
    this.platform = this.#clientText("PJRT_Client_PlatformName");
    this.platformVersion = this.#clientText("PJRT_Client_PlatformVersion");
    const described = new Struct("deviceDescription", { device: this.#device });
    this.#call("PJRT_Device_GetDescription", described, "describe the device");
    const kind = new Struct("deviceKind", { description: described.get("description") });
    this.#call("PJRT_DeviceDescription_Kind", kind, "describe the device");
    this.deviceKind = kind.text("kind", "kindSize");
  }

  /** Buffers and programs that are not freed yet. */
  get live(): number {
    return this.#live;
  }

  /** Frees the client; nothing of it may be used after. */
  close(): void {
    this.#call("PJRT_Client_Destroy", new Struct("client", { client: this.#client }), "close");
  }

  /** Compiles StableHLO text. @param what Names the program in messages. */
  compile(text: string, what: string): LoadedProgram {
    const code = new TextEncoder().encode(text);
    const format = new TextEncoder().encode("mlir");
    const program = new Struct("program", {
      code: addressOf(code),
      codeSize: code.length,
      format: addressOf(format),
      formatSize: format.length,
    });
    const compile = new Struct("compile", {
      client: this.#client,
      program: addressOf(program.bytes),
      options: addressOf(COMPILE_OPTIONS),
      optionsSize: COMPILE_OPTIONS.length,
    });
    this.#call("PJRT_Client_Compile", compile, `compile ${what}`, [code, format, program]);
    return this.#loaded(compile.get("executable"));
  }

  /** The compiled program as bytes for {@link deserialize}, or `undefined` if the plugin cannot. */
  serialize({ address }: LoadedProgram): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#calls.has("PJRT_Executable_Serialize")) return undefined;
    return this.#withExecutable(address, (executable) => {
      const args = new Struct("serialize", { executable });
      try {
        this.#call("PJRT_Executable_Serialize", args, "serialise a program");
      } catch {
        return undefined; // The plugin has the function, but not for this platform.
      }
      const bytes = bytesAt(args.get("bytes"), Number(args.get("byteCount")));
      const deleter = Deno.UnsafePointer.create(args.get("deleter"));
      if (deleter !== null) {
        const type = { parameters: ["pointer"], result: "void" } as const;
        new Deno.UnsafeFnPointer(deleter as Deno.PointerObject<typeof type>, type)
          .call(Deno.UnsafePointer.create(args.get("holder")));
      }
      return bytes;
    });
  }

  /** Loads what {@link serialize} gave. @throws {Error} If the plugin takes it not. */
  deserialize(bytes: Uint8Array<ArrayBuffer>, what: string): LoadedProgram {
    const args = new Struct("deserialize", {
      client: this.#client,
      bytes: addressOf(bytes),
      byteCount: bytes.length,
    });
    this.#call("PJRT_Executable_DeserializeAndLoad", args, `load ${what}`, [bytes]);
    return this.#loaded(args.get("loaded"));
  }

  /**
   * Runs a program and waits until it is done.
   *
   * @returns Buffers of its results, which the caller frees. The arguments stay the caller's, also
   *   the donated ones, whose memory the results may have taken.
   */
  execute(program: LoadedProgram, inputs: readonly Address[], what: string): Address[] {
    const list = BigUint64Array.from(inputs);
    const results = new BigUint64Array(program.outputs);
    const [lists, outputs] = [addressList(list), addressList(results)];
    const events = new BigUint64Array(1);
    const options = new Struct("executeOptions");
    const execute = new Struct("execute", {
      executable: program.address,
      options: addressOf(options.bytes),
      argumentLists: addressOf(lists),
      deviceCount: 1,
      argumentCount: list.length,
      outputLists: addressOf(outputs),
      events: addressOf(events),
    });
    const kept = [list, results, lists, outputs, events, options];
    this.#call("PJRT_LoadedExecutable_Execute", execute, `run ${what}`, kept);
    this.#live += results.length;
    try {
      this.#await(events[0]!, `run ${what}`);
    } catch (error) {
      for (const buffer of results) this.freeBuffer(buffer);
      throw error;
    }
    return [...results];
  }

  /** Copies an array to the device. */
  upload(array: Float32Array | Int32Array, shape: Shape, what: string): Address {
    const data = array as (Float32Array | Int32Array) & ArrayBufferView<ArrayBuffer>;
    const dimensions = BigInt64Array.from(shape, BigInt);
    const args = new Struct("fromHost", {
      client: this.#client,
      data: addressOf(data),
      type: array instanceof Int32Array ? BUFFER_TYPE.int32 : BUFFER_TYPE.float32,
      dimensions: addressOf(dimensions),
      rank: shape.length,
      semantics: IMMUTABLE_ONLY_DURING_CALL,
      device: this.#device,
    });
    const task = `copy ${what} [${shape.join(", ")}] to the device`;
    this.#call("PJRT_Client_BufferFromHostBuffer", args, task, [data, dimensions]);
    this.#live++;
    this.#await(args.get("event"), task);
    return args.get("buffer");
  }

  /** Copies a buffer into an array. */
  download(buffer: Address, into: Float32Array | Int32Array, what: string): void {
    if (into.length === 0) return;
    const data = into as (Float32Array | Int32Array) & ArrayBufferView<ArrayBuffer>;
    const args = new Struct("toHost", {
      buffer,
      data: addressOf(data),
      byteCount: data.byteLength,
    });
    this.#call("PJRT_Buffer_ToHostBuffer", args, `copy ${what} from the device`, [data]);
    this.#await(args.get("event"), `copy ${what} from the device`);
  }

  freeBuffer(buffer: Address): void {
    this.#call("PJRT_Buffer_Destroy", new Struct("buffer", { buffer }), "free a buffer");
    this.#live--;
  }

  freeProgram({ address }: LoadedProgram): void {
    const args = new Struct("executable", { executable: address });
    this.#call("PJRT_LoadedExecutable_Destroy", args, "free a program");
    this.#live--;
  }

  #loaded(address: Address): LoadedProgram {
    this.#live++;
    const outputs = this.#withExecutable(address, (executable) => {
      const args = new Struct("numOutputs", { executable });
      this.#call("PJRT_Executable_NumOutputs", args, "count a program's results");
      return Number(args.get("count"));
    });
    return { address, outputs };
  }

  #withExecutable<T>(loaded: Address, use: (executable: Address) => T): T {
    const args = new Struct("getExecutable", { loaded });
    this.#call("PJRT_LoadedExecutable_GetExecutable", args, "look into a program");
    const executable = args.get("executable");
    try {
      return use(executable);
    } finally {
      this.#call("PJRT_Executable_Destroy", new Struct("executable", { executable }), "free");
    }
  }

  #clientText(name: "PJRT_Client_PlatformName" | "PJRT_Client_PlatformVersion"): string {
    const args = new Struct("clientText", { client: this.#client });
    this.#call(name, args, "describe the platform");
    return args.text("text", "textSize");
  }

  #await(event: Address, task: string): void {
    if (event === 0n) return;
    const args = new Struct("event", { event });
    try {
      this.#call("PJRT_Event_Await", args, task);
    } finally {
      this.#call("PJRT_Event_Destroy", args, task);
    }
  }

  /** @param _kept What the struct points to: named so that it stays in memory during the call. */
  #call<N extends FunctionName>(
    name: N,
    args: Struct<typeof FUNCTIONS[N]["takes"]>,
    task: string,
    _kept?: unknown,
  ): void {
    const call = this.#calls.get(name);
    if (call === undefined) {
      throw new Error(`Cannot ${task}: the plugin has no ${name}; take a newer release of it`);
    }
    const error = call(args);
    if (error === null) return;
    const text = this.#errorText(Deno.UnsafePointer.value(error));
    throw new Error(`Cannot ${task}: ${name} says: ${text}`);
  }

  /** Takes the message of an error, and frees it. */
  #errorText(error: Address): string {
    const message = new Struct("errorMessage", { error });
    this.#calls.get("PJRT_Error_Message")!(message);
    const text = message.text("message", "messageSize").slice(0, MESSAGE_LIMIT);
    this.#calls.get("PJRT_Error_Destroy")!(new Struct("errorDestroy", { error }));
    return text;
  }
}

/** Compilers append whole programs to their messages. */
const MESSAGE_LIMIT = 2000;

/** RTLD_NOW and RTLD_NODELETE, which Linux and macOS number differently. */
const KEEP_LOADED = globalThis.Deno?.build.os === "darwin" ? 0x82 : 0x1002;

function openApi(path: string): Deno.UnsafePointerView {
  let library;
  try {
    library = Deno.dlopen(path, {
      GetPjrtApi: { parameters: [], result: "pointer" },
      // The C library's, found through the plugin, which depends on it.
      dlopen: { parameters: ["buffer", "i32"], result: "pointer", optional: true },
    });
  } catch (error) {
    const why = (error as Error).message.split("\n")[0];
    throw new Error(`Cannot open the XLA plugin ${path}: ${why}`, { cause: error });
  }
  // Deno unloads libraries when a thread or the process ends; the plugin's own threads still run
  // then, and would be left without their code.
  library.symbols.dlopen?.(new TextEncoder().encode(`${path}\0`), KEEP_LOADED);
  const api = library.symbols.GetPjrtApi();
  if (api === null) throw new Error(`Cannot use the plugin ${path}: GetPjrtApi() gives nothing`);
  return new Deno.UnsafePointerView(api);
}

/** The functions that this plugin has: an older one's table ends earlier. */
function callsOf(api: Deno.UnsafePointerView): Map<FunctionName, Call> {
  const end = Number(api.getBigUint64(0));
  const calls = new Map<FunctionName, Call>();
  for (
    const [name, { place }] of Object.entries(FUNCTIONS) as [FunctionName, { place: number }][]
  ) {
    const at = API.functions + 8 * place;
    const pointer = at + 8 <= end ? api.getPointer(at) : null;
    if (pointer === null) continue;
    const type = { parameters: ["buffer"], result: "pointer" } as const;
    const fn = new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<typeof type>, type);
    calls.set(name, ({ bytes }) => fn.call(bytes));
  }
  return calls;
}

function addressList(array: BigUint64Array<ArrayBuffer>): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.of(addressOf(array));
}

/** Options as consecutive PJRT_NamedValue, and the arrays that these point to. */
function namedValues(options: ClientOptions) {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  const held = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    kept.push(bytes);
    return bytes;
  };
  const structs = Object.entries(options).map(([name, value]) => {
    const key = held(name);
    const text = typeof value === "string" ? held(value) : undefined;
    const type = typeof value === "number"
      ? NAMED_VALUE_TYPE.float
      : NAMED_VALUE_TYPE[typeof value as "string"];
    const bits = typeof value === "number"
      ? new Uint32Array(Float32Array.of(value).buffer)[0]!
      : Number(value);
    return new Struct("namedValue", {
      name: addressOf(key),
      nameSize: key.length,
      type: typeof value === "boolean" ? NAMED_VALUE_TYPE.bool : type,
      value: text ? addressOf(text) : bits,
      valueSize: text ? text.length : 1,
    }).bytes;
  });
  const list = new Uint8Array(structs.reduce((total, { length }) => total + length, 0));
  structs.reduce((at, bytes) => (list.set(bytes, at), at + bytes.length), 0);
  return { list, kept: [list, ...kept] };
}
