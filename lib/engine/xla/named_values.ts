/** Options of a client as the structs that a plugin takes. */
import { NAMED_VALUE_TYPE } from "./pjrt_layout.ts";
import { addressOf, Struct } from "./struct.ts";

/** Options of a client, by the plugin's own names. */
export type ClientOptions = Readonly<Record<string, string | number | boolean>>;

/** Options as consecutive PJRT_NamedValue, and the arrays that these point to. */
export function namedValues(options: ClientOptions) {
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
