/**
 * The structs of PJRT's C API that Basin passes, field by field in the header's order.
 *
 * Source: `xla/pjrt/c/pjrt_c_api.h` of OpenXLA, {@link PJRT_VERSION}. The interface grows only at the
 * ends of structs and of the table of functions while its major version stays.
 */

/**
 * Version of the header that the tables follow. A plugin of another major version is refused, and
 * one from before 0.57, which moved the functions to other places of the table.
 */
export const PJRT_VERSION = { major: 0, minor: 90, oldestMinor: 57 } as const;

/** Kinds of fields, with their size in bytes, which is also their alignment. */
const SIZES = { pointer: 8, size: 8, int32: 4, float32: 4, bool: 1 } as const;

/** A field's kind in C: `size` is any 64-bit integer. */
export type FieldKind = keyof typeof SIZES;

type Fields = Readonly<Record<string, FieldKind>>;

const HEAD = { structSize: "size", extension: "pointer" } as const;

/** Fields of each struct. Every one but the array elements begins with its size and extensions. */
export const STRUCTS = {
  errorDestroy: { ...HEAD, error: "pointer" },
  errorMessage: { ...HEAD, error: "pointer", message: "pointer", messageSize: "size" },
  errorCode: { ...HEAD, error: "pointer", code: "int32" },
  pluginInitialize: { ...HEAD },
  event: { ...HEAD, event: "pointer" },
  clientCreate: {
    ...HEAD,
    options: "pointer",
    optionCount: "size",
    getCallback: "pointer",
    getArgument: "pointer",
    putCallback: "pointer",
    putArgument: "pointer",
    client: "pointer",
    tryGetCallback: "pointer",
    tryGetArgument: "pointer",
  },
  /** PJRT_NamedValue. `value` is a union of pointer, int64, float and bool. */
  namedValue: {
    ...HEAD,
    name: "pointer",
    nameSize: "size",
    type: "int32",
    value: "pointer",
    valueSize: "size",
  },
  client: { ...HEAD, client: "pointer" },
  clientText: { ...HEAD, client: "pointer", text: "pointer", textSize: "size" },
  clientDevices: { ...HEAD, client: "pointer", devices: "pointer", deviceCount: "size" },
  deviceDescription: { ...HEAD, device: "pointer", description: "pointer" },
  deviceKind: { ...HEAD, description: "pointer", kind: "pointer", kindSize: "size" },
  program: {
    ...HEAD,
    code: "pointer",
    codeSize: "size",
    format: "pointer",
    formatSize: "size",
  },
  compile: {
    ...HEAD,
    client: "pointer",
    program: "pointer",
    options: "pointer",
    optionsSize: "size",
    executable: "pointer",
  },
  getExecutable: { ...HEAD, loaded: "pointer", executable: "pointer" },
  executable: { ...HEAD, executable: "pointer" },
  numOutputs: { ...HEAD, executable: "pointer", count: "size" },
  serialize: {
    ...HEAD,
    executable: "pointer",
    bytes: "pointer",
    byteCount: "size",
    holder: "pointer",
    deleter: "pointer",
  },
  deserialize: {
    ...HEAD,
    client: "pointer",
    bytes: "pointer",
    byteCount: "size",
    loaded: "pointer",
    options: "pointer",
    optionsSize: "size",
  },
  execute: {
    ...HEAD,
    executable: "pointer",
    options: "pointer",
    argumentLists: "pointer",
    deviceCount: "size",
    argumentCount: "size",
    outputLists: "pointer",
    events: "pointer",
    device: "pointer",
  },
  executeOptions: {
    ...HEAD,
    sendCallbacks: "pointer",
    receiveCallbacks: "pointer",
    sendCount: "size",
    receiveCount: "size",
    launchId: "int32",
    notDonated: "pointer",
    notDonatedCount: "size",
    context: "pointer",
    callLocation: "pointer",
    taskCount: "size",
    taskIds: "pointer",
    incarnationIds: "pointer",
  },
  fromHost: {
    ...HEAD,
    client: "pointer",
    data: "pointer",
    type: "int32",
    dimensions: "pointer",
    rank: "size",
    strides: "pointer",
    strideCount: "size",
    semantics: "int32",
    device: "pointer",
    memory: "pointer",
    layout: "pointer",
    event: "pointer",
    buffer: "pointer",
  },
  toHost: {
    ...HEAD,
    buffer: "pointer",
    layout: "pointer",
    data: "pointer",
    byteCount: "size",
    event: "pointer",
  },
  buffer: { ...HEAD, buffer: "pointer" },
} as const satisfies Record<string, Fields>;

/** Name of a struct. */
export type StructName = keyof typeof STRUCTS;

/** PJRT_NamedValue_Type of the header. */
export const NAMED_VALUE_TYPE = { string: 0, int64: 1, float: 3, bool: 4 } as const;

/** PJRT_Buffer_Type of the header. */
export const BUFFER_TYPE = { int32: 4, float32: 11 } as const;

/** PJRT_HostBufferSemantics: the array is copied before the call returns. */
export const IMMUTABLE_ONLY_DURING_CALL = 0;

/** Offset of each field, and the struct's size without padding after the last field. */
export interface Layout {
  readonly size: number;
  readonly offsets: Readonly<Record<string, number>>;
}

/** C's layout: each field at the next multiple of its own size. */
export function layoutOf(name: StructName): Layout {
  const offsets: Record<string, number> = {};
  let size = 0;
  for (const [field, kind] of Object.entries<FieldKind>(STRUCTS[name])) {
    const bytes = SIZES[kind];
    offsets[field] = Math.ceil(size / bytes) * bytes;
    size = offsets[field] + bytes;
  }
  return { size, offsets };
}

/** Offsets within PJRT_Api, whose functions follow its size, its extensions and its version. */
export const API = { major: 32, minor: 36, functions: 40 } as const;

/** Place of each function that Basin calls in the table of PJRT_Api, and the struct it takes. */
export const FUNCTIONS = {
  PJRT_Error_Destroy: { place: 0, takes: "errorDestroy" },
  PJRT_Error_Message: { place: 1, takes: "errorMessage" },
  PJRT_Error_GetCode: { place: 2, takes: "errorCode" },
  PJRT_Plugin_Initialize: { place: 3, takes: "pluginInitialize" },
  PJRT_Event_Destroy: { place: 5, takes: "event" },
  PJRT_Event_Await: { place: 8, takes: "event" },
  PJRT_Client_Create: { place: 10, takes: "clientCreate" },
  PJRT_Client_Destroy: { place: 11, takes: "client" },
  PJRT_Client_PlatformName: { place: 12, takes: "clientText" },
  PJRT_Client_PlatformVersion: { place: 14, takes: "clientText" },
  PJRT_Client_AddressableDevices: { place: 16, takes: "clientDevices" },
  PJRT_Client_Compile: { place: 20, takes: "compile" },
  PJRT_Client_BufferFromHostBuffer: { place: 22, takes: "fromHost" },
  PJRT_DeviceDescription_Kind: { place: 26, takes: "deviceKind" },
  PJRT_Device_GetDescription: { place: 29, takes: "deviceDescription" },
  PJRT_Executable_Destroy: { place: 40, takes: "executable" },
  PJRT_Executable_NumOutputs: { place: 44, takes: "numOutputs" },
  PJRT_Executable_Serialize: { place: 49, takes: "serialize" },
  PJRT_LoadedExecutable_Destroy: { place: 50, takes: "executable" },
  PJRT_LoadedExecutable_GetExecutable: { place: 51, takes: "getExecutable" },
  PJRT_LoadedExecutable_Execute: { place: 55, takes: "execute" },
  PJRT_Executable_DeserializeAndLoad: { place: 56, takes: "deserialize" },
  PJRT_Buffer_Destroy: { place: 58, takes: "buffer" },
  PJRT_Buffer_ToHostBuffer: { place: 70, takes: "toHost" },
} as const satisfies Record<string, { place: number; takes: StructName }>;

/** Name of a function that Basin calls. */
export type FunctionName = keyof typeof FUNCTIONS;
