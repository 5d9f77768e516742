/** Calls of PJRT's C API: a plugin's library, its client and first device, programs, buffers. */
import type { Shape } from "../../graph/shape.ts";
import { cMemory } from "./c_memory.ts";
import { type ClientOptions, namedValues } from "./named_values.ts";
import {
  BUFFER_TYPE,
  type FunctionName,
  type FUNCTIONS,
  IMMUTABLE_ONLY_DURING_CALL,
} from "./pjrt_layout.ts";
import { openPluginLibrary, type PluginLibrary } from "./plugin_library.ts";
import { remedyFor } from "./remedy.ts";
import { type Address, addressOf, bytesAt, Struct } from "./struct.ts";

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
  readonly #library: PluginLibrary;
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
    this.#library = openPluginLibrary(path);
    this.apiVersion = this.#library.apiVersion;
    this.#call("PJRT_Plugin_Initialize", new Struct("pluginInitialize"), `start ${path}`);
    const { list, kept } = namedValues(options);
    const create = new Struct("clientCreate", {
      options: addressOf(list),
      optionCount: Object.keys(options).length,
    });
    this.#call("PJRT_Client_Create", create, `find a device through ${path}`, kept);
    const client = this.#client = create.get("client");
    try {
      const devices = new Struct("clientDevices", { client });
      this.#call("PJRT_Client_AddressableDevices", devices, "list the devices");
      if (devices.get("deviceCount") === 0n) {
        const why = remedyFor("no supported devices", 0);
        throw new Error(`Cannot use the plugin ${path}: ${why}`);
      }
      this.#device = new BigUint64Array(bytesAt(devices.get("devices"), 8).buffer)[0]!;
      this.platform = this.#clientText("PJRT_Client_PlatformName");
      this.platformVersion = this.#clientText("PJRT_Client_PlatformVersion");
      const described = new Struct("deviceDescription", { device: this.#device });
      this.#call("PJRT_Device_GetDescription", described, "describe the device");
      const kind = new Struct("deviceKind", { description: described.get("description") });
      this.#call("PJRT_DeviceDescription_Kind", kind, "describe the device");
      this.deviceKind = kind.text("kind", "kindSize");
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Buffers and programs that are not freed yet. */
  get live(): number {
    return this.#live;
  }

  /** Frees the client; nothing of it may be used after. */
  close(): void {
    this.#call("PJRT_Client_Destroy", new Struct("client", { client: this.#client }), "close");
  }

  /**
   * Compiles StableHLO text on a thread of its own, so that this one can tell how long it takes.
   *
   * @param what Names the program in messages.
   */
  async compile(text: string, what: string): Promise<LoadedProgram> {
    const { slowCompile } = this.#library;
    const task = `compile ${what}`;
    const [code, format] = [text, "mlir"].map((each) => new TextEncoder().encode(each)) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    using memory = slowCompile && cMemory(slowCompile.allocator);
    const placed = memory?.copy ?? addressOf;
    const program = new Struct("program", {
      code: placed(code),
      codeSize: code.length,
      format: placed(format),
      formatSize: format.length,
    });
    const compile = new Struct("compile", {
      client: this.#client,
      program: placed(program.bytes),
      options: placed(COMPILE_OPTIONS),
      optionsSize: COMPILE_OPTIONS.length,
    });
    if (memory) {
      const args = memory.copy(compile.bytes);
      const error = await slowCompile!.run(args);
      if (error !== null) throw this.#failure(error, "PJRT_Client_Compile", task);
      memory.read(args, compile.bytes);
    } else {
      this.#call("PJRT_Client_Compile", compile, task, [code, format, program]);
    }
    return this.#loaded(compile.get("executable"));
  }

  /** The compiled program as bytes for {@link deserialize}, or `undefined` if the plugin cannot. */
  serialize({ address }: LoadedProgram): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#library.calls.has("PJRT_Executable_Serialize")) return undefined;
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
   * Runs a program.
   *
   * @param options.what Names the program in messages.
   * @param options.isAwaited Whether to wait until it is done, by default so. If not, the device goes on
   *   while the host prepares the next call, and an error of it is that of whoever reads a result.
   * @returns Buffers of its results, which the caller frees. The arguments stay the caller's, also
   *   the donated ones, whose memory the results may have taken.
   */
  execute(
    program: LoadedProgram,
    inputs: readonly Address[],
    { what, isAwaited = true }: { readonly what: string; readonly isAwaited?: boolean },
  ): Address[] {
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
      events: isAwaited ? addressOf(events) : 0,
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
    const buffer = args.get("buffer");
    try {
      this.#await(args.get("event"), task);
    } catch (error) {
      this.freeBuffer(buffer);
      throw error;
    }
    return buffer;
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
    try {
      const outputs = this.#withExecutable(address, (executable) => {
        const args = new Struct("numOutputs", { executable });
        this.#call("PJRT_Executable_NumOutputs", args, "count a program's results");
        return Number(args.get("count"));
      });
      return { address, outputs };
    } catch (error) {
      this.freeProgram({ address, outputs: 0 });
      throw error;
    }
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
    const call = this.#library.calls.get(name);
    if (call === undefined) throw this.#missing(name, task);
    const error = call(args);
    if (error !== null) throw this.#failure(error, name, task);
  }

  #missing(name: FunctionName, task: string): Error {
    return new Error(`Cannot ${task}: the plugin has no ${name}; take a newer release of it`);
  }

  /** Takes code and message of a plugin's error, and frees it. */
  #failure(pointer: Deno.PointerObject, name: FunctionName, task: string): Error {
    const { calls } = this.#library;
    const error = Deno.UnsafePointer.value(pointer);
    const message = new Struct("errorMessage", { error });
    calls.get("PJRT_Error_Message")!(message);
    const text = message.text("message", "messageSize").slice(0, MESSAGE_LIMIT).trimEnd();
    const code = new Struct("errorCode", { error });
    // What fails here fails without an error of its own: it would have to be freed in turn.
    const unknown = calls.get("PJRT_Error_GetCode")?.(code) !== null;
    calls.get("PJRT_Error_Destroy")!(new Struct("errorDestroy", { error }));
    const remedy = remedyFor(text, unknown ? 0 : code.getInt32("code"));
    return new Error(`Cannot ${task}: ${name} says: ${text}${remedy && `; ${remedy}`}`);
  }
}

/** Compilers append whole programs to their messages. */
const MESSAGE_LIMIT = 2000;

function addressList(array: BigUint64Array<ArrayBuffer>): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.of(addressOf(array));
}
