import {
  advance,
  type Code,
  constant,
  get,
  i32,
  or,
  repeatUntilEqual,
  set,
  shiftLeft,
  shiftRight,
  store,
  type WasmFunction,
  xor,
} from "../../wasm/assembler.ts";

/**
 * Groups of four counters taken side by side: the rounds of one wait for each other, those of eight
 * overlap in the processor. From twelve on, the registers no longer hold them.
 */
const GROUPS = 8;
/** Bytes of words that {@link words} writes at a time. */
export const WORDS_STEP = 32 * GROUPS;

/** Threefry's rotations; they begin anew after eight rounds. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
/** See `threefry`. */
const PARITY = 0x1bd11bda;

/** The same 32-bit integer four times. */
export const integer = (value: number): Code => constant(Int32Array.of(value, value, value, value));

/**
 * `words(key0, key1, low, high, target, targetEnd)`: Threefry-2×32-20 at the counters from `high`,
 * `low` on, four first words and their four second words in turn.
 *
 * It does not carry into `high`. `target` … `targetEnd` are a multiple of {@link WORDS_STEP} bytes.
 */
export function words(): WasmFunction {
  const [key0, key1, low, high, target, targetEnd] = [0, 1, 2, 3, 4, 5];
  const keys = [6, 7, 8];
  const [k0, k1, k2] = [6, 7, 8];
  const [counter, top] = [9, 10];
  const ofStep = (step: number) => top + step;
  const a = (group: number) => 16 + 2 * group;
  const b = (group: number) => 17 + 2 * group;
  const each = (body: (group: number) => Code): Code =>
    Array.from({ length: GROUPS }, (_, group) => body(group)).flat();
  const round = (rotation: number): Code => [
    ...each((g) => [...get(a(g)), ...get(b(g)), ...i32.add, ...set(a(g))]),
    ...each((g) => [
      ...[...get(b(g)), ...shiftLeft(rotation), ...get(b(g)), ...shiftRight(32 - rotation), ...or],
      ...[...get(a(g)), ...xor, ...set(b(g))],
    ]),
  ];
  /** After each four rounds the next two words of the key, the second one with the step added. */
  const addKey = (step: number): Code =>
    each((g) => [
      ...[...get(a(g)), ...get(keys[step % 3]!), ...i32.add, ...set(a(g))],
      ...[...get(b(g)), ...get(ofStep(step)), ...i32.add, ...set(b(g))],
    ]);
  return {
    name: "words",
    parameters: 6,
    integers: 0,
    vectors: 10 + 2 * GROUPS,
    body: [
      ...[...get(key0), ...i32.splat, ...set(k0), ...get(key1), ...i32.splat, ...set(k1)],
      ...[...get(k0), ...get(k1), ...xor, ...integer(PARITY), ...xor, ...set(k2)],
      ...[1, 2, 3, 4, 5].flatMap((step) => [
        ...[...get(keys[(step + 1) % 3]!), ...integer(step), ...i32.add, ...set(ofStep(step))],
      ]),
      ...[...get(low), ...i32.splat, ...constant(Int32Array.of(0, 1, 2, 3)), ...i32.add],
      ...[...get(k0), ...i32.add, ...set(counter)],
      ...[...get(high), ...i32.splat, ...get(k1), ...i32.add, ...set(top)],
      ...repeatUntilEqual(target, targetEnd, [
        ...each((g) => [
          ...[...get(counter), ...integer(4 * g), ...i32.add, ...set(a(g))],
          ...[...get(top), ...set(b(g))],
        ]),
        ...[0, 1, 2, 3, 4].flatMap((step) => [
          ...[0, 1, 2, 3].flatMap((r) => round(ROTATIONS[(4 * step + r) % 8]!)),
          ...addKey(step + 1),
        ]),
        ...each((g) => [
          ...[...get(target), ...get(a(g)), ...store(32 * g)],
          ...[...get(target), ...get(b(g)), ...store(32 * g + 16)],
        ]),
        ...[...get(counter), ...integer(4 * GROUPS), ...i32.add, ...set(counter)],
        ...advance(target, WORDS_STEP),
      ]),
    ],
  };
}
