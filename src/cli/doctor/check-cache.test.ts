import { expect, it } from "vitest";
import { loadForCommand } from "../../assembly/operation.ts";
import { join } from "node:path";
import { folderWith } from "../test-run.ts";
import { checkCache } from "./check-cache.ts";

const route = "routes: [{ name: default, exactCache: { enabled: true } }]\n";

function check(text: string): ReturnType<typeof checkCache> {
  const folder = folderWith(`dataDirectory: data\n${text}`);
  return checkCache(loadForCommand({ config: join(folder, "farthing.yaml") }, {}).config);
}

it("says nothing where no route caches, and how full and how near the store is where one does", async () => {
  expect(await check("")).toEqual([]);
  expect(await check("routes: [{ name: default }]\ncache: { store: redis, url: 'redis://127.0.0.1:1' }\n")).toEqual([]);
  expect(await check(`${route}cache: { store: memory }\n`)).toMatchObject([{ level: "ok" }]);
  const [sqlite] = await check(route);
  expect(sqlite).toMatchObject({ check: "cache", text: expect.stringMatching(/^sqlite: 0 answers, .* answers in /) });
});

it("warns of a server that does not answer", async () => {
  const [found] = await check(`${route}cache: { store: redis, url: 'redis://127.0.0.1:1' }\n`);
  expect(found).toMatchObject({ level: "warn", text: expect.stringMatching(/^the store redis cannot be used: /) });
});
