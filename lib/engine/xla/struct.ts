import { type Layout, layoutOf, type StructName, STRUCTS } from "./pjrt_layout.ts";

/** Address of memory outside JavaScript; 0 is C's null. */
export type Address = bigint;

const layouts = new Map<StructName, Layout>();

function layout(name: StructName): Layout {
  let known = layouts.get(name);
  if (known === undefined) layouts.set(name, known = layoutOf(name));
  return known;
}

/**
 * Zeros behind a struct, which its size counts. A plugin refuses a struct that is smaller than its
 * own header's, and takes zeros for the fields that later versions of the interface append.
 */
const ROOM = 64;

/** Elements of arrays, which follow each other by their exact size. */
const ELEMENTS: readonly StructName[] = ["namedValue"];

/** A zero-filled C struct whose first field holds its size. It must outlive the call it is for. */
export class Struct<N extends StructName> {
  readonly name: N;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #layout: Layout;

  constructor(name: N, values: Partial<Record<keyof typeof STRUCTS[N], Address | number>> = {}) {
    this.name = name;
    this.#layout = layout(name);
    // Fields that are appended begin at the next multiple of 8.
    const size = ELEMENTS.includes(name)
      ? this.#layout.size
      : Math.ceil(this.#layout.size / 8) * 8 + ROOM;
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#view.setBigUint64(0, BigInt(size), true);
    const fields = STRUCTS[name] as Readonly<Record<string, string>>;
    for (const [field, value] of Object.entries(values) as [string, Address | number][]) {
      const at = this.#layout.offsets[field]!;
      if (fields[field] === "int32") this.#view.setInt32(at, Number(value), true);
      else this.#view.setBigUint64(at, BigInt(value), true);
    }
  }

  /** A 32-bit integer. */
  getInt32(field: keyof typeof STRUCTS[N] & string): number {
    return this.#view.getInt32(this.#layout.offsets[field]!, true);
  }

  /** A pointer or a 64-bit integer. */
  get(field: keyof typeof STRUCTS[N] & string): Address {
    return this.#view.getBigUint64(this.#layout.offsets[field]!, true);
  }

  /** Bytes that one field points to, and another counts. */
  text(at: keyof typeof STRUCTS[N] & string, size: keyof typeof STRUCTS[N] & string): string {
    return new TextDecoder().decode(bytesAt(this.get(at), Number(this.get(size))));
  }
}

/** A copy of memory outside JavaScript. */
export function bytesAt(address: Address, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size);
  if (size > 0) Deno.UnsafePointerView.copyInto(Deno.UnsafePointer.create(address)!, copy);
  return copy;
}

/** Where an array lies; 0 if it is empty. The array must outlive the call it is for. */
export function addressOf(array: ArrayBufferView<ArrayBuffer>): Address {
  return array.byteLength === 0 ? 0n : Deno.UnsafePointer.value(Deno.UnsafePointer.of(array));
}
