import assert from "node:assert/strict";
import { gramMatrix, SINGLE_FROM } from "../../../lib/linalg/gram_matrix.ts";
import { multiply, multiplyTransposed, type RowBlocks } from "../../../lib/linalg/row_blocks.ts";
import { assemble, get, load, store } from "../../../lib/wasm/assembler.ts";
import { stream } from "../../../lib/random/stream.ts";

/** A float32 matrix in blocks of `height` rows. */
function randomBlocks(rows: number, columns: number, height: number) {
  const entries = new Float32Array(rows * columns);
  stream(rows, "entries", columns).fillNormal(entries, 0);
  const blocks: RowBlocks = {
    rows,
    columns,
    forEachBlock(visit) {
      for (let first = 0; first < rows; first += height) {
        const count = Math.min(height, rows - first);
        visit(entries.subarray(first * columns, (first + count) * columns), first, count);
      }
    },
  };
  return { blocks, entry: (i: number, j: number) => entries[i * columns + j]! };
}

/** Heights about the kernels' 128 rows, widths about their tiles and pairs of columns. */
const SHAPES = [[1, 1, 9], [3, 2, 2], [130, 1, 200], [257, 4, 131], [300, 7, 128], [128, 9, 128]];

Deno.test("gramMatrix() has the bits of plain sums over panels of 128 rows", () => {
  for (const [rows, columns, height] of SHAPES) {
    const { blocks, entry } = randomBlocks(rows!, columns!, height!);
    const gram = gramMatrix(blocks);
    for (let i = 0; i < columns!; i++) {
      for (let j = i; j < columns!; j++) {
        let total = 0;
        for (let block = 0; block < rows!; block += height!) {
          const end = Math.min(block + height!, rows!);
          for (let first = block; first < end; first += 128) {
            let sum = 0;
            for (let r = first; r < Math.min(first + 128, end); r++) {
              sum += entry(r, i) * entry(r, j);
            }
            total += sum;
          }
        }
        assert.equal(gram[i * columns! + j], total, `${rows} × ${columns}, (${i}, ${j})`);
        assert.equal(gram[j * columns! + i], total);
      }
    }
  }
});

Deno.test("gramMatrix() of 2¹⁶ rows has the bits of float32 sums over panels of 64 rows", () => {
  const f = Math.fround;
  // Widths about the tiles of four and eight columns, a last block and a last panel that are not whole.
  for (const columns of [1, 4, 5, 8, 11, 16]) {
    const [rows, height] = [SINGLE_FROM + 77, 1000];
    const { blocks, entry } = randomBlocks(rows, columns, height);
    const gram = gramMatrix(blocks);
    for (let i = 0; i < columns; i++) {
      for (let j = i; j < columns; j++) {
        let total = 0;
        let exact = 0;
        for (let block = 0; block < rows; block += height) {
          const end = Math.min(block + height, rows);
          for (let first = block; first < end; first += 64) {
            let sum = 0;
            for (let r = first; r < Math.min(first + 64, end); r++) {
              exact += entry(r, i) * entry(r, j);
              sum = f(sum + f(entry(r, i) * entry(r, j)));
            }
            total += sum;
          }
        }
        assert.equal(gram[i * columns + j], total, `${columns} columns, (${i}, ${j})`);
        assert.equal(gram[j * columns + i], total);
        // Three times the root mean square that gramMatrix() states for columns of length √n.
        assert.ok(Math.abs(total - exact) < 64 * 2 ** -24 * Math.sqrt(rows), `(${i}, ${j})`);
      }
    }
  }
});

Deno.test("multiply() has the bits of four plain sums a row", () => {
  for (const [rows, columns, height] of SHAPES) {
    const { blocks, entry } = randomBlocks(rows!, columns!, height!);
    const y = Float64Array.from({ length: columns! }, (_, j) => Math.sin(j + 1));
    const whole = columns! - columns! % 4;
    const product = multiply(blocks, y);
    for (let i = 0; i < rows!; i++) {
      const sums = [0, 0, 0, 0];
      for (let j = 0; j < columns!; j++) sums[j < whole ? j % 4 : 0]! += entry(i, j) * y[j]!;
      assert.equal(product[i], sums[0]! + sums[1]! + (sums[2]! + sums[3]!), `row ${i}`);
    }
  }
});

Deno.test("multiplyTransposed() has the bits of plain sums over four rows at a time", () => {
  for (const [rows, columns, height] of SHAPES) {
    const { blocks, entry } = randomBlocks(rows!, columns!, height!);
    const g = Float64Array.from({ length: rows! }, (_, i) => Math.cos(i));
    const product = multiplyTransposed(blocks, g);
    for (let j = 0; j < columns!; j++) {
      let total = 0;
      for (let block = 0; block < rows!; block += height!) {
        const end = Math.min(block + height!, rows!);
        let r = block;
        for (; r + 3 < end; r += 4) {
          let sum = entry(r, j) * g[r]!;
          for (let k = 1; k < 4; k++) sum += entry(r + k, j) * g[r + k]!;
          total += sum;
        }
        for (; r < end; r++) total += entry(r, j) * g[r]!;
      }
      assert.equal(product[j], total, `${rows} × ${columns}, column ${j}`);
    }
  }
});

Deno.test("assemble() writes lengths and offsets of more than seven bits", () => {
  const copies = Array.from({ length: 100 }, (_, k) => 1000 + 16 * k);
  const body = copies.flatMap((
    offset,
  ) => [...get(0), ...get(0), ...load(offset - 1000), ...store(offset)]);
  const code = assemble([{ name: "copy", parameters: 1, integers: 0, vectors: 0, body }]);
  assert.ok(body.length > 127 && WebAssembly.validate(code));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const bytes = new Uint8Array(memory.buffer);
  for (let i = 0; i < 1000; i++) bytes[i] = i % 251;
  (exports.copy as (address: number) => void)(0);
  assert.deepEqual(bytes.slice(1000, 1992), bytes.slice(0, 992));
});
