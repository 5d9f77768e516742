/** PNG and JPEG files. */
import { convertIndexedToRgb, decode as decodePng } from "fast-png";
import { decode as decodeJpeg } from "jpeg-js";
import { unreadable } from "./byte_source.ts";

/** An image in memory. */
export interface ImageFile {
  readonly height: number;
  readonly width: number;
  /** 1 of grey, 3 of colour; what was transparent is left out. */
  readonly channels: 1 | 3;
  /** Bytes, row-major, channel last. Shape [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/** A damaged header must not make us reserve memory. */
const MOST_PIXELS = 2 ** 26;

/**
 * Reads a PNG or JPEG file, told apart by its first bytes. Two bytes a channel become one; palettes
 * become colours; transparency is left out.
 *
 * @param name For messages.
 * @throws {SyntaxError} If it is neither, or damaged.
 */
export function decodeImage(name: string, bytes: Uint8Array): ImageFile {
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) throw unreadable(name, "it is neither a PNG nor a JPEG file");
  let image: ImageFile;
  try {
    image = isPng ? fromPng(bytes) : fromJpeg(bytes);
  } catch (cause) {
    throw unreadable(name, `it is damaged (${(cause as Error).message})`, cause);
  }
  if (image.height > 0 && image.width > 0 && image.height * image.width <= MOST_PIXELS) {
    return image;
  }
  throw unreadable(name, `it is of ${image.height} × ${image.width} pixels`);
}

function fromPng(bytes: Uint8Array): ImageFile {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height } = png;
  if (png.palette) {
    const colours = Uint8Array.from(convertIndexedToRgb(png));
    return { width, height, ...withoutAlpha(colours, colours.length / (width * height)) };
  }
  // Of sixteen bits the upper eight.
  const shift = png.depth === 16 ? 8 : 0;
  const data = Uint8Array.from(png.data, (entry) => entry >> shift);
  if (png.depth < 8) throw new RangeError(`${png.depth} bits a pixel`);
  return { width, height, ...withoutAlpha(data, png.channels) };
}

function fromJpeg(bytes: Uint8Array): ImageFile {
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  const { channels, pixels } = withoutAlpha(data, 4);
  const isGrey = componentsOf(bytes) === 1;
  if (!isGrey) return { width, height, channels, pixels };
  return { width, height, channels: 1, pixels: pixels.filter((_, i) => i % 3 === 0) };
}

/** Number of components that the frame's header names: 1 of grey images. */
function componentsOf(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return bytes[at + 9];
    at += 2 + (bytes[at + 2]! << 8 | bytes[at + 3]!);
  }
  return undefined;
}

function withoutAlpha(
  data: Uint8Array,
  channels: number,
): { readonly channels: 1 | 3; readonly pixels: Uint8Array } {
  const kept = channels < 3 ? 1 : 3;
  if (channels === kept) return { channels: kept, pixels: data };
  return { channels: kept, pixels: data.filter((_, i) => i % channels < kept) };
}
