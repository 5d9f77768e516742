/** The file of `--weights`. */
import { decodeSafetensors, type TensorFile } from "../data/safetensors.ts";
import { readNamedFile } from "../pipeline/store/named_file.ts";

/** Tensors, and the file that they are from. */
export interface WeightsFile extends Pick<TensorFile, "tensors"> {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What programs write that is no safetensors file, by how it begins. */
const OTHERS: readonly (readonly [head: string, what: string])[] = [
  ["PK", "it is a zip archive, as torch.save and Keras write"],
  ["\x89HDF", "it is an HDF5 file, as Keras writes"],
  ["\x80", "it is a pickle, as Python writes"],
];

/**
 * Reads a safetensors file.
 *
 * @throws {RangeError} If it cannot be read.
 * @throws {SyntaxError} If it is of another format; the usual ones are told apart.
 */
export function readWeightsFile(file: string): WeightsFile {
  if (/\.onnx$/i.test(file)) {
    throw new SyntaxError(
      `Cannot read the weights ${file}: an ONNX model brings its network along; name it before ` +
        "the flags, without --weights",
    );
  }
  const bytes = readNamedFile(file, "the weights ", "name a safetensors file with --weights");
  const head = String.fromCharCode(...bytes.subarray(0, 4));
  // A safetensors file begins with the length of its header, in eight bytes, and a brace.
  const other = bytes[8] === "{".charCodeAt(0)
    ? undefined
    : OTHERS.find(([start]) => head.startsWith(start));
  if (other) {
    throw new SyntaxError(
      `Cannot read the weights ${file}: ${other[1]}; give an ONNX model in its place, or write ` +
        "safetensors: from PyTorch by safetensors.torch.save_file(model.state_dict(), …)",
    );
  }
  const { tensors } = decodeSafetensors(bytes, file);
  return { file, bytes, tensors };
}
