/** Memory of the C library, for calls that may outlive the thread that makes them. */
import type { Address } from "./struct.ts";

/** The C library's functions. */
export interface CAllocator {
  calloc(count: bigint, size: bigint): Deno.PointerValue;
  free(pointer: Deno.PointerValue): void;
}

/** Copies that a nonblocking call points to. */
export interface CMemory extends Disposable {
  /** Address of a copy of these bytes, which may not be empty. */
  copy(bytes: Uint8Array<ArrayBuffer>): Address;
  /** What lies in a copy now. */
  read(address: Address, into: Uint8Array<ArrayBuffer>): void;
}

/**
 * Memory that is freed by `dispose` alone. If the thread is ended while a call runs, it is not freed
 * at all: JavaScript's own arrays go with their thread, and the call would write into what is no
 * longer theirs.
 *
 * @throws {RangeError} If there is no memory left.
 */
export function cMemory({ calloc, free }: CAllocator): CMemory {
  const blocks = new Map<Address, Deno.PointerObject>();
  return {
    copy(bytes) {
      const pointer = calloc(1n, BigInt(bytes.length));
      if (pointer === null) {
        throw new RangeError(
          `Cannot hand ${bytes.length} bytes to a plugin: this machine has no memory left; ` +
            "run fewer cells at once (`--jobs`)",
        );
      }
      const block = Deno.UnsafePointerView.getArrayBuffer(pointer, bytes.length);
      new Uint8Array(block).set(bytes);
      const address = Deno.UnsafePointer.value(pointer);
      blocks.set(address, pointer);
      return address;
    },
    read(address, into) {
      Deno.UnsafePointerView.copyInto(blocks.get(address)!, into);
    },
    [Symbol.dispose]() {
      for (const pointer of blocks.values()) free(pointer);
      blocks.clear();
    },
  };
}
