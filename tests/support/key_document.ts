/** What a key is made of, in the tests of the store, which read none of it. */
export const KEY_DOCUMENT = {
  preimage: {
    schema: 1,
    code: { digest: "c", packages: "p" },
    params: {},
    inputs: {},
    outputs: {},
    runtime: { deno: "2", v8: "1", os: "linux", arch: "x86_64" },
  },
  modules: {},
  packages: {},
} as const;
