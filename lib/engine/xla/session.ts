import { leafName } from "../../graph/ops/leaf.ts";
import { checkProgram, leavesOf, type Program } from "../../graph/program.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { Feed, NumericArray, Session } from "../engine.ts";
import { checkedFeed, checkFeed, declared } from "../feeds.ts";
import { isRows } from "../rows.ts";
import type { EmitOptions } from "./emit.ts";
import { FunctionVariants } from "./function_variants.ts";
import type { LoadedProgram, Pjrt } from "./pjrt.ts";
import type { Address } from "./struct.ts";

/** Compiles the text of a function, or takes it from where compiled programs are kept. */
export type Compile = (text: string, what: string) => Promise<LoadedProgram>;

/**
 * Loads a program as an XLA session: variables and tables stay on the device, and each function is
 * compiled when it first runs, with a gather for each placeholder that is then fed by rows.
 *
 * @throws {TypeError} If the program is at odds with itself, or an op has no StableHLO rule.
 */
export function loadProgram(
  pjrt: Pjrt,
  compile: Compile,
  program: Program,
  options: EmitOptions = {},
): Session {
  checkProgram(program);
  const functions = Object.entries(program).map(([name, fn]) =>
    [name, new FunctionVariants(name, fn, options)] as const
  );
  return new XlaSession(pjrt, compile, new Map(functions), leavesOf(program, "variable"));
}

/** What a call copies to the device, to be freed after it. */
interface Fed {
  readonly buffers: Address[];
  /** Several placeholders are fed the same rows of their tables. */
  readonly indices: Map<Int32Array, Address>;
}

/**
 * The plugin's calls are synchronous here, but for compiling. What is asked for while a function is
 * compiled waits its turn, so that updates happen in the order in which they were asked for.
 */
class XlaSession implements Session {
  readonly #pjrt: Pjrt;
  readonly #compile: Compile;
  readonly #functions: ReadonlyMap<string, FunctionVariants>;
  readonly #declared: ReadonlyMap<string, Value>;
  readonly #variables = new Map<string, Address>();
  readonly #tables = new Map<NumericArray, Address>();
  #disposed = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    pjrt: Pjrt,
    compile: Compile,
    functions: ReadonlyMap<string, FunctionVariants>,
    variables: ReadonlyMap<string, Value>,
  ) {
    this.#pjrt = pjrt;
    this.#compile = compile;
    this.#functions = functions;
    this.#declared = variables;
  }

  run(
    functionName: string,
    feeds: Readonly<Record<string, Feed>> = {},
  ): Promise<Record<string, NumericArray>> {
    return this.#inTurn(async () => {
      this.#checkOpen();
      const fn = declared("function", functionName, this.#functions);
      for (const leaf of fn.placeholders) checkFeed(leaf, feeds[leafName(leaf)]);
      const variant = fn.takes(feeds);
      const { inputs, outputs, written } = variant.emitted;
      const fed: Fed = { buffers: [], indices: new Map() };
      let results: Address[];
      try {
        const values = inputs.flatMap((leaf) =>
          leaf.op.name === "variable"
            ? [this.#held(leafName(leaf))]
            : this.#given(leaf, feeds[leafName(leaf)]!, fed)
        );
        variant.loaded ??= await this.#compile(variant.emitted.text, `"${fn.name}"`);
        results = this.#pjrt.execute(variant.loaded, values, `"${fn.name}"`);
      } finally {
        for (const buffer of fed.buffers) this.#pjrt.freeBuffer(buffer);
      }
      written.forEach((variable, i) =>
        this.#replace(leafName(variable), results[outputs.length + i]!)
      );
      try {
        return Object.fromEntries(
          outputs.map(({ name, value }, i) => [name, this.#download(results[i]!, value, name)]),
        );
      } finally {
        for (const buffer of results.slice(0, outputs.length)) this.#pjrt.freeBuffer(buffer);
      }
    });
  }

  assign(values: Readonly<Record<string, NumericArray>>): Promise<void> {
    return this.#inTurn(() => {
      this.#checkOpen();
      const leaves = Object.keys(values).map((name) => declared("variable", name, this.#declared));
      for (const leaf of leaves) checkedFeed(leaf, values[leafName(leaf)]);
      for (const leaf of leaves) {
        const name = leafName(leaf);
        this.#replace(name, this.#pjrt.upload(single(values[name]!), leaf.shape, name));
      }
    });
  }

  read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    return this.#inTurn(() => {
      this.#checkOpen();
      return Object.fromEntries(names.map((name) => {
        const leaf = declared("variable", name, this.#declared);
        return [name, this.#download(this.#held(name), leaf, name)];
      }));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inTurn(() => {
      if (this.#disposed) return;
      this.#disposed = true;
      for (const buffer of this.#variables.values()) this.#pjrt.freeBuffer(buffer);
      for (const buffer of this.#tables.values()) this.#pjrt.freeBuffer(buffer);
      for (const fn of this.#functions.values()) {
        for (const loaded of fn.loaded()) this.#pjrt.freeProgram(loaded);
      }
    });
  }

  /** Runs what came before first, whether it failed or not. */
  #inTurn<Result>(act: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#turn.then(act);
    this.#turn = result.then(() => {}, () => {});
    return result;
  }

  #checkOpen(): void {
    if (this.#disposed) throw new TypeError("Cannot use a session after it was disposed of");
  }

  #held(name: string): Address {
    const buffer = this.#variables.get(name);
    if (buffer !== undefined) return buffer;
    throw new TypeError(`Cannot read the variable ${name} before it is set; assign it first`);
  }

  #replace(name: string, buffer: Address): void {
    const old = this.#variables.get(name);
    this.#variables.set(name, buffer);
    if (old !== undefined) this.#pjrt.freeBuffer(old);
  }

  /** What the arguments of a placeholder are: its entries, or a table and the indices of its rows. */
  #given(leaf: Value, feed: Feed, fed: Fed): Address[] {
    const name = leafName(leaf);
    if (isRows(feed)) {
      return [this.#table(name, feed.table), this.#indices(name, feed.indices, fed)];
    }
    const buffer = this.#pjrt.upload(single(feed), leaf.shape, name);
    fed.buffers.push(buffer);
    return [buffer];
  }

  #table(name: string, table: NumericArray): Address {
    let buffer = this.#tables.get(table);
    if (buffer === undefined) {
      buffer = this.#pjrt.upload(single(table), [table.length], `a table of ${name}`);
      this.#tables.set(table, buffer);
    }
    return buffer;
  }

  #indices(name: string, indices: Int32Array, fed: Fed): Address {
    let buffer = fed.indices.get(indices);
    if (buffer === undefined) {
      buffer = this.#pjrt.upload(indices, [indices.length], `indices of ${name}`);
      fed.indices.set(indices, buffer);
      fed.buffers.push(buffer);
    }
    return buffer;
  }

  #download(buffer: Address, { shape, dtype }: Value, name: string): NumericArray {
    const size = sizeOf(shape);
    const array = dtype === "int32" ? new Int32Array(size) : new Float32Array(size);
    this.#pjrt.download(buffer, array, name);
    return array;
  }
}

function single(value: NumericArray): Float32Array | Int32Array {
  return value instanceof Float64Array ? new Float32Array(value) : value;
}
