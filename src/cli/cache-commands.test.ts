import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { keepWarmProgress } from "../assembly/answers/warm-progress.ts";
import { addLocalKey } from "../assembly/access/local-keys.ts";
import { loadForCommand } from "../assembly/operation.ts";
import { startGateway } from "../gateway/server.ts";
import { send } from "../gateway/test-gateway.ts";
import { folderWith, runHere } from "./test-run.ts";

const config = `
dataDirectory: data
listen: { traffic: 127.0.0.1:0, admin: 127.0.0.1:0 }
providers:
  openai: { baseUrl: "http://127.0.0.1:9", key: sk-server }
routes:
  - { name: private, match: { tag: private }, compliance: true }
  - { name: off, match: { tag: uncached } }
  - { name: default, exactCache: { enabled: true, contentClass: static } }
bodies: { key: "0123456789abcdef0123456789abcdef" }
`;

const chat = (text: string): object => ({ model: "gpt-4o-mini", messages: [{ role: "user", content: text }] });
const reply = (text: string, finish = "stop"): object => ({
  id: `chatcmpl-${text.length}`,
  object: "chat.completion",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finish }],
  usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
});
const row = (index: number, over: object = {}): string =>
  JSON.stringify({ tenant: "acme", request: chat(`question ${index}`), answer: reply(`answer ${index}`), ...over });

function rows(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, "rows.jsonl"), `${lines.join("\n")}\n`);
}

/** What a holder of a key of this tenant is answered by a gateway over the folder; its provider is at no address. */
async function ask(folder: string, tenant: string, body: object): Promise<readonly [status: number, cache?: unknown]> {
  const data = join(folder, "data");
  const digests = createKeyedDigests(readFileSync(join(data, "scope-secret"), "utf8").trim());
  const { key } = addLocalKey(join(data, "keys.json"), digests, { tenant });
  const loaded = loadForCommand({ config: join(folder, "farthing.yaml") }, {}).config;
  const gateway = await startGateway({ config: loaded, log: () => undefined });
  try {
    const text = JSON.stringify(body);
    const answer = await send(gateway.traffic.port, { headers: ["authorization", `Bearer ${key}`], body: text });
    return answer.status === 200 ? [200, answer.headers["x-farthing-cache"]] : [answer.status];
  } finally {
    await gateway.close();
  }
}

describe("farthing cache", () => {
  it("warms a store with recorded exchanges that live requests of the tenant then find", async () => {
    const folder = folderWith(config);
    rows(folder, [
      row(1),
      row(2, { boughtAt: Date.now() - 3_600_000 }),
      row(3, { answer: reply("cut", "length") }),
      row(4, { boughtAt: "2026-01-01T00:00:00Z" }),
      row(5, { headers: { "x-farthing-tags": "private" } }),
      row(6, { headers: { "x-farthing-tags": "uncached" } }),
      "{",
      JSON.stringify({ tenant: "acme" }),
    ]);
    const warmed = await runHere(["cache", "warm", "--from", "rows.jsonl", "--json"], folder);
    expect(JSON.parse(warmed.out)).toEqual({
      schema: "farthing.cache-warm.v1",
      complete: true,
      lines: 8,
      stored: 2,
      known: 0,
      refused: 6,
    });
    expect(existsSync(join(folder, "rows.jsonl.warm-progress"))).toBe(false);
    const again = await runHere(["cache", "warm", "--from", "rows.jsonl"], folder);
    expect(again.talk).toMatch(/8 lines: 0 stored, 2 known, /);

    expect(await ask(folder, "acme", chat("question 1"))).toEqual([200, "hit"]);
    expect(await ask(folder, "acme", { ...chat("question 2"), stream: true })).toEqual([200, "hit"]);
    // Its life was over before it was stored.
    expect(await ask(folder, "acme", chat("question 4"))).toEqual([502]);
    expect(await ask(folder, "rival", chat("question 1"))).toEqual([502]);

    const stats = await runHere(["cache", "stats", "--json"], folder);
    expect(JSON.parse(stats.out)).toMatchObject({
      schema: "farthing.cache.v1",
      store: "sqlite",
      layers: [{ layer: "exact", requests: 2 }],
      weeks: [{ lookups: 4, hits: 2, hitRate: 0.5 }],
    });
    expect((await runHere(["cache", "stats"], folder)).out).toMatch(/^exact +2$/m);
  });

  it("goes on behind the last line that was done, and begins anew where the file is another", async () => {
    const folder = folderWith(config);
    rows(folder, [row(1), row(2)]);
    const progress = join(folder, "rows.jsonl.warm-progress");
    await runHere(["cache", "warm", "--from", "rows.jsonl"], folder);
    const offset = readFileSync(join(folder, "rows.jsonl")).indexOf(10) + 1;
    keepWarmProgress(join(folder, "rows.jsonl"), { offset, lines: 1, stored: 1, known: 0, refused: 0 });
    const resumed = await runHere(["cache", "warm", "--from", "rows.jsonl"], folder);
    expect(resumed.talk).toContain("Going on behind line 1.");
    expect(resumed.talk).toContain("2 lines: 1 stored, 1 known, 0 refused.");
    keepWarmProgress(join(folder, "rows.jsonl"), { offset, lines: 1, stored: 1, known: 0, refused: 0 });
    rows(folder, [row(1), row(2), row(3)]);
    expect((await runHere(["cache", "warm", "--from", "rows.jsonl"], folder)).talk).toContain(
      "3 lines: 1 stored, 2 known",
    );
    expect(existsSync(progress)).toBe(false);
  });

  it("exports what warm takes back, shows one entry, and purges what it is told and nothing else", async () => {
    const folder = folderWith(config);
    const tagged = { headers: { "x-farthing-documents": "d-1", "x-farthing-user": "ada" } };
    rows(folder, [row(1), row(2, tagged), row(3, { tenant: "rival" })]);
    await runHere(["cache", "warm", "--from", "rows.jsonl"], folder);
    const exported = await runHere(["cache", "export", "--tenant", "acme"], folder);
    const lines = exported.out.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    const { key } = JSON.parse(lines[0] ?? "") as { key: string };
    expect((await runHere(["cache", "get", key], folder)).out).toContain("bought from  openai/gpt-4o-mini");
    expect((await runHere(["cache", "get", key, "--body"], folder)).out).toContain('"chat.completion"');
    expect(await runHere(["cache", "get", "unknown"], folder)).toMatchObject({ code: 1 });

    expect(await runHere(["cache", "purge", "--tenant", "acme"], folder)).toMatchObject({ code: 2 });
    expect(await runHere(["cache", "purge", "--yes"], folder)).toMatchObject({ code: 2 });
    const purge = (...words: readonly string[]) =>
      runHere(["cache", "purge", "--tenant", "acme", "--yes", ...words], folder);
    expect((await purge("--document", "d-2", "--dry-run")).talk).toBe("0 stored answers would go.\n");
    expect((await purge("--user", "ada", "--dry-run")).talk).toBe("1 stored answers would go.\n");
    expect((await purge("--user", "ada")).talk).toBe("1 stored answers deleted.\n");
    expect((await purge()).talk).toBe("1 stored answers deleted.\n");
    expect((await runHere(["cache", "export"], folder)).out.trimEnd().split("\n")).toHaveLength(1);

    writeFileSync(join(folder, "kept.jsonl"), `${lines[0]}\n{"schema":"farthing.answer.v9"}\n`);
    const back = await runHere(["cache", "warm", "--from", "kept.jsonl"], folder);
    expect(back.talk).toContain("2 lines: 1 stored, 0 known, 1 refused.");
    expect((await runHere(["cache", "purge", "--all", "--yes", "--json"], folder)).out).toContain('"entries":2');
  });

  it("says where the answers are when they are in the gateway's memory", async () => {
    const folder = folderWith("dataDirectory: data\ncache: { store: memory }\n");
    expect(await runHere(["cache", "export"], folder)).toMatchObject({ code: 1, talk: /in the gateway's process/ });
    expect((await runHere(["cache", "stats"], folder)).out).toContain("In the gateway's process");
  });
});
