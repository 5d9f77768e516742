import assert from "node:assert/strict";
import { fetchFile } from "../../lib/acquisition/fetch_file.ts";
import { serveFiles } from "../support/file_server.ts";
import { hexDigest, patternBytes } from "../support/files.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const bytes = patternBytes(300_000);
const files = { a: bytes, b: bytes };
const md5 = hexDigest("md5", bytes);
const remote = (...urls: string[]) => ({ urls, bytes: bytes.length, md5 });

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("fetchFile() gives the file its name and leaves nothing else", async () => {
  await using server = serveFiles(files);
  await using folder = await temporaryFolder();
  const progress: number[] = [];
  await fetchFile(remote(`${server.url}a`), `${folder.path}/new/data`, {
    onProgress: (done, total) => progress.push(done, total),
  });
  assert.deepEqual(await Deno.readFile(`${folder.path}/new/data`), bytes);
  assert.deepEqual(await namesIn(`${folder.path}/new`), ["data"]);
  assert.deepEqual(progress.slice(0, 2), [0, 300_000]);
  assert.deepEqual(progress.slice(-2), [300_000, 300_000]);
});

Deno.test("fetchFile() goes on where a connection broke", async () => {
  await using server = serveFiles(files, { a: [{ breakAfter: 100_000 }, { breakAfter: 50_000 }] });
  await using folder = await temporaryFolder();
  await using second = serveFiles(files);
  const troubles: string[] = [];
  await fetchFile(remote(`${server.url}a`, `${second.url}b`), `${folder.path}/data`, {
    onTrouble: (what) => troubles.push(what),
  });
  assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes);
  assert.equal(server.requests[0], "a");
  assert.match(server.requests[1]!, /^a bytes=[1-9]\d*-$/);
  assert.ok(troubles.length > 0 && troubles.every((what) => what.startsWith(server.url)));
});

Deno.test("fetchFile() goes on where an earlier process ended", async () => {
  await using server = serveFiles(files);
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/data.part`, bytes.subarray(0, 200_000));
  await fetchFile(remote(`${server.url}a`), `${folder.path}/data`);
  assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes);
  assert.deepEqual(server.requests, ["a bytes=200000-"]);
  assert.equal(server.sent, 100_000);
});

Deno.test("fetchFile() asks for nothing if all bytes are there but the name", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/data.part`, bytes);
  await fetchFile(remote("http://127.0.0.1:1/a"), `${folder.path}/data`);
  assert.deepEqual(await namesIn(folder.path), ["data"]);
});

Deno.test("fetchFile() begins anew where a server knows no ranges", async () => {
  await using server = serveFiles(files, { a: ["whole"] });
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/data.part`, patternBytes(200_000, 9));
  await fetchFile(remote(`${server.url}a`), `${folder.path}/data`);
  assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes);
});

Deno.test("fetchFile() throws stale bytes away, and fetches the file anew", async () => {
  await using server = serveFiles(files);
  await using folder = await temporaryFolder();
  // What the server completes is no beginning of the file: its MD5 is wrong.
  await Deno.writeFile(`${folder.path}/data.part`, patternBytes(200_000, 9));
  await fetchFile(remote(`${server.url}a`), `${folder.path}/data`);
  assert.deepEqual(server.requests, ["a bytes=200000-", "a"]);
  assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes);
});

Deno.test("fetchFile() takes the next place if one is broken, slow, wrong or lost", async () => {
  const wrongs: [string, Parameters<typeof serveFiles>[1], RegExp][] = [
    ["missing", {}, /HTTP status 404/],
    ["a", { a: [{ status: 503 }] }, /HTTP status 503/],
    ["a", { a: ["garbage"] }, /gave bytes with the MD5 [0-9a-f]{32}, want [0-9a-f]{32}/],
    ["a", { a: [{ stallAfter: 1000 }, { status: 500 }] }, /gave nothing for 0\.3 s/],
    ["a", { a: [{ breakAfter: 1000 }, "wrong range"] }, /asked for the bytes from \d+ on, it sent/],
    ["long", {}, /offers 300001 bytes, the file has 300000/],
  ];
  for (const [name, manners, message] of wrongs) {
    await using server = serveFiles({ ...files, long: patternBytes(300_001) }, manners);
    await using good = serveFiles(files);
    await using folder = await temporaryFolder();
    const troubles: string[] = [];
    await fetchFile(remote(server.url + name, `${good.url}b`), `${folder.path}/data`, {
      onTrouble: (what) => troubles.push(what),
      stallSeconds: 0.3,
    });
    assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes, name);
    assert.ok(troubles.some((what) => message.test(what)), `${message}: ${troubles.join("; ")}`);
  }
});

Deno.test("fetchFile() has patience with a server that is slow but sends", async () => {
  await using server = serveFiles(files, { a: [{ dripEvery: 60 }] });
  await using folder = await temporaryFolder();
  // Ten times 60 ms are more than 400 ms; each is far less.
  await fetchFile(remote(`${server.url}a`), `${folder.path}/data`, { stallSeconds: 0.4 });
  assert.equal(server.requests.length, 1);
});

Deno.test("fetchFile() says what each place did, keeps what came, and goes on with it", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/data`;
  {
    await using server = serveFiles(files, {
      a: [{ stallAfter: 120_000 }, { stallAfter: 0 }],
      b: [{ status: 404 }],
    });
    const attempt = fetchFile(remote(`${server.url}a`, `${server.url}b`), path, {
      stallSeconds: 0.3,
    });
    await assert.rejects(attempt, (error: Error) => {
      assert.match(
        error.message,
        /^Cannot download .*\/data; each place failed, what came is kept/,
      );
      assert.match(error.message, /\/a: gave nothing for 0\.3 s\n.*\/b: HTTP status 404/);
      return true;
    });
  }
  assert.deepEqual(await namesIn(folder.path), ["data.part"]);
  assert.equal((await Deno.stat(`${path}.part`)).size, 120_000);
  await using server = serveFiles(files);
  await fetchFile(remote(`${server.url}a`), path);
  assert.equal(server.sent, 180_000);
  assert.deepEqual(await Deno.readFile(path), bytes);
});

Deno.test("fetchFile() asks a place that sends other bytes no more than twice", async () => {
  await using server = serveFiles(files, { a: ["garbage"] });
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/data.part`, bytes.subarray(0, 10));
  await assert.rejects(
    fetchFile(remote(`${server.url}a`), `${folder.path}/data`),
    /gave bytes with the MD5/,
  );
  assert.deepEqual(server.requests, ["a bytes=10-", "a"]);
  assert.equal((await Deno.stat(`${folder.path}/data.part`)).size, 0);
});

Deno.test("fetchFile() called twice at once downloads once", async () => {
  await using server = serveFiles(files);
  await using folder = await temporaryFolder();
  const fetchOnce = () => fetchFile(remote(`${server.url}a`), `${folder.path}/data`);
  await Promise.all([fetchOnce(), fetchOnce()]);
  assert.equal(server.requests.length, 1);
  assert.deepEqual(await Deno.readFile(`${folder.path}/data`), bytes);
});
