import assert from "node:assert/strict";
import { parse } from "yaml";
import { sourceFiles } from "./support/source_files.ts";

const ROOT = new URL("..", import.meta.url);

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

Deno.test("workflows call tasks and files that there are, with the README's version of Deno", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const [version] = /deno@\d+\.\d+\.\d+/.exec(await read("README.md"))!;
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL(".github/workflows", ROOT))) files.push(name);
  assert.ok(files.length > 0);
  for (const file of files) {
    const { jobs }: Workflow = parse(await read(`.github/workflows/${file}`));
    const commands = Object.values(jobs).flatMap(({ steps }) => steps)
      .flatMap(({ run }) => run?.split("\n") ?? []);
    assert.ok(commands.length > 0, file);
    for (const command of commands) {
      const [, used, task] = /(deno@\S+) task (\S+)/.exec(command) ?? [];
      if (used !== undefined) {
        assert.equal(used, version, `${file}: ${command}`);
        assert.ok(task! in tasks, `${file}: ${command}`);
      }
      const [, script] = /^(\.ci\/\S+)/.exec(command) ?? [];
      if (script) await Deno.stat(new URL(script, ROOT));
    }
  }
});

Deno.test("ci.yml shows the tables and keeps the report where the study writes them", async () => {
  const { stages } = parse(await read("pipeline.yaml"));
  const workflow = await read(".github/workflows/ci.yml");
  assert.match(workflow, new RegExp(`artifacts/view/tables/${stages.tables.outputs.full}`));
  assert.match(workflow, /^ +artifacts\/report$/m);
});

Deno.test("README.md is one page, and its links and those of docs/ lead to files", async () => {
  const readme = await read("README.md");
  assert.ok(readme.split("\n").length <= 201, "at most 200 lines");
  const pages: [string, string][] = [["README.md", readme]];
  for await (const { name } of Deno.readDir(new URL("docs/", ROOT))) {
    if (name.endsWith(".md")) pages.push([`docs/${name}`, await read(`docs/${name}`)]);
  }
  assert.ok(pages.length > 5);
  for (const [page, text] of pages) {
    for (const [, link] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(link!)) continue;
      const target = new URL(link!, new URL(page, ROOT));
      await Deno.stat(target).catch(() => assert.fail(`${page}: ${link} leads nowhere`));
    }
  }
  for (const [page] of pages.slice(1)) {
    assert.ok(readme.includes(`(${page})`), `README.md does not name ${page}`);
  }
});

Deno.test("docs/architecture.md names files that there are", async () => {
  const text = await read("docs/architecture.md");
  const names = [...text.matchAll(/`((?:lib|tasks|tests)\/[\w/]+\.ts)`/g)].map(([, name]) => name!);
  assert.ok(names.length > 20);
  for (const name of names) {
    await Deno.stat(new URL(name, ROOT)).catch(() => assert.fail(`there is no ${name}`));
  }
});

Deno.test("docs/trust.md names tests that there are", async () => {
  const named = [...(await read("docs/trust.md")).matchAll(/\| “(.+?)” /g)].map(([, name]) =>
    name!
  );
  assert.ok(named.length > 30);
  const tests = (await sourceFiles(["tests"])).map(({ text }) => text).join("\n");
  for (const name of named) assert.ok(tests.includes(name), `there is no test “${name}”`);
});
