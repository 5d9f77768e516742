import type { Engine, Feed, NumericArray } from "../../lib/engine/engine.ts";

/**
 * An engine with a memory of its own that notes what crosses its border: `in 3` and `out 3` of a
 * function's entries, `assigned 3`, `read`. Of rows only the indices cross.
 */
export function notingEngine({ description, load }: Engine, moved: string[]): Engine {
  const note = (what: string, arrays: Readonly<Record<string, Feed>>) => {
    const length = (array: Feed) => "table" in array ? array.indices.length : array.length;
    const entries = Object.values(arrays as Record<string, NumericArray>).reduce(
      (sum, array) => sum + length(array),
      0,
    );
    moved.push(`${what} ${entries}`);
  };
  return {
    description,
    ownMemory: true,
    async load(program) {
      const session = await load(program);
      return {
        async run(name, feeds = {}) {
          note("in", feeds);
          const outputs = await session.run(name, feeds);
          note("out", outputs);
          return outputs;
        },
        assign: (values) => (note("assigned", values), session.assign(values)),
        read: (names) => (moved.push("read"), session.read(names)),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}
