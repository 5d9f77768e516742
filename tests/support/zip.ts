import { crc32 } from "node:zlib";

/** A zip file of uncompressed members, after PKWARE's APPNOTE 4.3 (local headers, directory, end). */
export function zipOf(members: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const local: number[] = [];
  const directory: number[] = [];
  const u16 = (n: number) => [n & 255, n >>> 8 & 255];
  const u32 = (n: number) => [...u16(n & 0xffff), ...u16(n >>> 16)];
  for (const [member, text] of Object.entries(members)) {
    const name = [...encoder.encode(member)];
    const content = [...encoder.encode(text)];
    const offset = local.length;
    // Version 2.0, no flags, stored, no time, checksum, both sizes, name length, no extra field.
    const common = [
      ...[...u16(20), ...u16(0), ...u16(0), ...u32(0), ...u32(crc32(text))],
      ...[...u32(content.length), ...u32(content.length), ...u16(name.length), ...u16(0)],
    ];
    local.push(...u32(0x04034b50), ...common, ...name, ...content);
    const rest = [...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(offset)];
    directory.push(...u32(0x02014b50), ...u16(20), ...common, ...rest, ...name);
  }
  const count = u16(Object.keys(members).length);
  const sizes = [...u32(directory.length), ...u32(local.length)];
  const end = [...u32(0x06054b50), ...u16(0), ...u16(0), ...count, ...count, ...sizes, ...u16(0)];
  return Uint8Array.from([...local, ...directory, ...end]);
}
