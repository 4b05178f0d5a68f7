import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { addLocalKey } from "../assembly/access/local-keys.ts";
import { openDataDirectory } from "../assembly/data-directory.ts";
import { loadForCommand } from "../assembly/operation.ts";
import { startGateway } from "../gateway/server.ts";
import { send, startUpstream, type Upstream } from "../gateway/test-gateway.ts";
import { folderWith, runHere } from "./test-run.ts";

const chat = (text: string, over: object = {}): string =>
  JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: text }], ...over });
const streamed = (text: string): string => chat(text, { stream: true, stream_options: { include_usage: true } });

let upstream: Upstream;
let folder: string;
let key: string;

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.answer = ({ body }, response) => {
    const { messages, stream } = JSON.parse(body.toString()) as { messages: { content: string }[]; stream?: boolean };
    const content = `about ${messages[0]?.content ?? ""}`;
    const about = { id: "c1", model: "gpt-4o-mini-2024-07-18" };
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
    if (content.includes("bad")) return void response.writeHead(400).end('{"error":{"message":"bad"}}');
    if (stream !== true) {
      const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
      const whole = { ...about, object: "chat.completion", choices, usage };
      return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole));
    }
    const events = [
      { ...about, choices: [{ index: 0, delta: { content }, finish_reason: null }] },
      { ...about, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { ...about, choices: [], usage },
    ].map((event) => `data: ${JSON.stringify(event)}\n\n`);
    response.writeHead(200, { "content-type": "text/event-stream" }).end(`${events.join("")}data: [DONE]\n\n`);
  };
  folder = folderWith(`
dataDirectory: data
listen: { traffic: 127.0.0.1:0, admin: 127.0.0.1:0 }
providers: { openai: { baseUrl: "${upstream.origin}", key: sk-server } }
routes:
  - { name: private, match: { tag: private }, compliance: true }
  - { name: default, storeBodies: true, exactCache: { enabled: true, contentClass: static } }
bodies: { key: "0123456789abcdef0123456789abcdef" }
`);
  const { path, secret } = openDataDirectory(join(folder, "data"));
  ({ key } = addLocalKey(join(path, "keys.json"), createKeyedDigests(secret), { tenant: "acme" }));
});
afterEach(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

type Asked = readonly [body: string, headers?: readonly string[]];

/** What each is answered, and out of which cache; one after the other. */
async function ask(...questions: readonly Asked[]): Promise<readonly (readonly [number, unknown])[]> {
  const { config } = loadForCommand({ config: join(folder, "farthing.yaml") }, {});
  const gateway = await startGateway({ config, log: () => undefined });
  const answers: (readonly [number, unknown])[] = [];
  try {
    for (const [body, headers = []] of questions) {
      const sent = await send(gateway.traffic.port, { headers: ["authorization", `Bearer ${key}`, ...headers], body });
      answers.push([sent.status, sent.headers["x-farthing-cache"]]);
    }
  } finally {
    await gateway.close();
  }
  return answers;
}

/** As if others had been worth more: what was called back is known still. */
function throwOut(): void {
  const database = new DatabaseSync(join(folder, "data", "answers.sqlite"));
  database.exec("DELETE FROM entries; DELETE FROM bodies; UPDATE store SET entries = 0, bytes = 0");
  database.close();
}

async function warm(...flags: string[]): Promise<{ readonly counts: object; readonly talk: string }> {
  const { out, talk } = await runHere(["cache", "warm", "--from-bodies", "--json", ...flags], folder);
  const { lines, stored, known, refused } = JSON.parse(out) as Record<string, unknown>;
  return { counts: { lines, stored, known, refused }, talk };
}

const team = ["x-team", "a"] as const;
const questions: readonly Asked[] = [
  [chat("one"), team],
  [streamed("two")],
  [chat("three"), ["x-farthing-documents", "d1"]],
  [chat("one"), team],
  [chat("bad")],
  [chat("four"), ["x-farthing-tags", "private"]],
];

it("stores what this installation bought and kept, as it was asked, but nothing that was called back since", async () => {
  expect((await ask(...questions)).map(([status]) => status)).toEqual([200, 200, 200, 200, 400, 200]);
  await runHere(["cache", "purge", "--tenant", "acme", "--document", "d1", "--yes"], folder);
  throwOut();
  const first = await warm();
  // The second question "one" was answered out of the cache, so it was not bought.
  expect(first.counts).toEqual({ lines: 5, stored: 2, known: 0, refused: 3 });
  expect(first.talk).toMatch(/fr_\w+: it was called back since/);
  expect(first.talk).toMatch(/fr_\w+: its answer is not complete, or an error/);
  expect((await warm()).counts).toEqual({ lines: 5, stored: 0, known: 2, refused: 3 });

  await upstream.close();
  const again: readonly Asked[] = [
    [chat("one"), team],
    [chat("one")],
    [streamed("two")],
    [chat("two")],
    [chat("three"), ["x-farthing-documents", "d1"]],
  ];
  expect(await ask(...again)).toEqual([
    [200, "hit"],
    [502, undefined],
    [200, "hit"],
    [200, "hit"],
    [502, undefined],
  ]);
});

it("takes nothing on trust where the store began anew, unless it is told to", async () => {
  await ask(...questions);
  for (const ending of ["", "-wal", "-shm"]) rmSync(join(folder, "data", `answers.sqlite${ending}`), { force: true });
  const careful = await warm();
  expect(careful.counts).toEqual({ lines: 5, stored: 0, known: 0, refused: 5 });
  expect(careful.talk).toContain("--as-of-now takes it all the same");
  expect((await warm("--as-of-now")).counts).toEqual({ lines: 5, stored: 3, known: 0, refused: 2 });
});

it("stores nothing of a user whose bodies were deleted", async () => {
  await ask([chat("one"), ["x-farthing-user", "ada"]], [chat("two")]);
  await runHere(["bodies", "delete-user", "ada", "--tenant", "acme"], folder);
  throwOut();
  expect((await warm()).counts).toEqual({ lines: 1, stored: 1, known: 0, refused: 0 });
});

it("says what it wants where it is told no source, or two", async () => {
  for (const words of [[], ["--from", "rows.jsonl", "--from-bodies"]]) {
    const { code, talk } = await runHere(["cache", "warm", ...words], folder);
    expect([code, talk]).toEqual([2, expect.stringContaining("--from FILE, or --from-bodies")]);
  }
  for (const words of [
    ["--from", "rows.jsonl", "--as-of-now"],
    ["--from-bodies", "--restart"],
  ]) {
    const { code, talk } = await runHere(["cache", "warm", ...words], folder);
    expect([code, talk]).toEqual([2, expect.stringContaining("--as-of-now with --from-bodies")]);
  }
});
