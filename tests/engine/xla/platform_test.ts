import assert from "node:assert/strict";
import { isGpuPlugin, libraryNames, preparePlatform } from "../../../lib/engine/xla/platform.ts";
import { canCompile } from "./fake_plugin.ts";

/** A folder laid out as Python's packages are: a plugin's place, and NVIDIA's wheels of CUDA 13. */
async function withPackages(act: (plugin: string, libraries: string) => Promise<void>) {
  const packages = await Deno.makeTempDir();
  const libraries = `${packages}/nvidia/cu13/lib`;
  const plugin = `${packages}/jax_plugins/xla_cuda13/xla_cuda_plugin.so`;
  const flags = Deno.env.get("XLA_FLAGS");
  try {
    await Deno.mkdir(libraries, { recursive: true });
    await Deno.mkdir(plugin.slice(0, plugin.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(plugin, "plugin");
    await act(plugin, libraries);
  } finally {
    if (flags === undefined) Deno.env.delete("XLA_FLAGS");
    else Deno.env.set("XLA_FLAGS", flags);
    await Deno.remove(packages, { recursive: true });
  }
}

Deno.test({
  name: "preparePlatform() loads NVIDIA's libraries, whichever needs which, and sets XLA's flags",
  ignore: !canCompile,
  fn: () =>
    withPackages(async (plugin, libraries) => {
      const source = `${libraries}/empty.c`;
      const compile = async (name: string, ...needed: string[]) => {
        const { success } = await new Deno.Command("gcc", {
          args: [
            ...["-shared", "-fPIC", "-Wl,--no-as-needed", `-Wl,-soname,${name}`, source],
            ...needed.map((other) => `${libraries}/${other}`),
            ...["-o", `${libraries}/${name}`],
          ],
        }).output();
        assert.ok(success, name);
      };
      await Deno.writeTextFile(source, "");
      // The names of the test's own: a machine may have NVIDIA's.
      await compile("libcudnn_test_z.so.9");
      await compile("libcudnn_test_m.so.9", "libcudnn_test_z.so.9");
      await compile("libcudnn_test_a.so.9", "libcudnn_test_m.so.9");
      await compile("libnvblas_test.so.13");
      Deno.env.set("XLA_FLAGS", "--xla_dump_to=/tmp/x");
      const { client, flags } = preparePlatform(plugin);
      assert.equal(client.platform_name, "cuda");
      assert.equal(flags, "--xla_dump_to=/tmp/x --xla_gpu_deterministic_ops=true");
      const cuda = `${libraries.slice(0, -"/lib".length)}`;
      assert.equal(Deno.env.get("XLA_FLAGS"), `${flags} --xla_gpu_cuda_data_dir=${cuda}`);
      for (const letter of ["a", "m", "z"]) Deno.dlopen(`libcudnn_test_${letter}.so.9`, {}).close();
      assert.throws(() => Deno.dlopen("libnvblas_test.so.13", {}), /cannot open shared object/);
    }),
});

Deno.test("preparePlatform() leaves flags that the user has set", () =>
  withPackages((plugin) => {
    const own = "--xla_gpu_deterministic_ops=false --xla_gpu_cuda_data_dir=/opt/cuda";
    Deno.env.set("XLA_FLAGS", own);
    assert.equal(preparePlatform(plugin).flags, "--xla_gpu_deterministic_ops=false");
    assert.equal(Deno.env.get("XLA_FLAGS"), own);
    return Promise.resolve();
  }));

Deno.test("libraryNames() tells versions of NVIDIA's libraries apart", () =>
  withPackages(async (plugin, libraries) => {
    await Deno.writeTextFile(`${libraries}/libcublas.so.13`, "thirteen");
    await Deno.writeTextFile(`${libraries}/libcheckpoint.so`, "unneeded");
    assert.deepEqual(libraryNames(plugin), ["libcublas.so.13 8"]);
    await Deno.writeTextFile(`${libraries}/libcublas.so.13`, "thirteen and a bit");
    assert.deepEqual(libraryNames(plugin), ["libcublas.so.13 18"]);
    assert.deepEqual(libraryNames("/nowhere/at/all/plugin.so"), []);
  }));

Deno.test("isGpuPlugin() goes by the name of the file, not of its folder", () => {
  assert.ok(isGpuPlugin("/x/xla_rocm_plugin.so") && isGpuPlugin("/x/xla_cuda_plugin.so"));
  assert.ok(!isGpuPlugin("/cuda/pjrt_c_api_cpu_plugin.so"));
});
