import { writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { folderWith, runHere, startCommand, type RunningCommand } from "./test-run.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "small",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
});
/** 1,000 tokens at $1 and 500 at $2 per million. */
const costOfOne = 2_000_000_000n;

/** Answers every call, save those whose body says `hang`: their answer never ends. */
async function startProvider(): Promise<{ port: number; hung: ServerResponse[] }> {
  const hung: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      if (body.includes("hang")) hung.push(response);
      else response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => (server.closeAllConnections(), server.close()));
  return { port: (server.address() as AddressInfo).port, hung };
}

interface Started {
  readonly command: RunningCommand;
  readonly url: string;
}

async function startGateway(folder: string): Promise<Started> {
  const command = startCommand(["start", "--json"], folder);
  closing.push(() => command.child.kill("SIGKILL"));
  await command.until('"ready":true');
  const line = JSON.parse(command.out().split("\n")[0] ?? "") as { traffic: string };
  return { command, url: `${line.traffic}/v1/chat/completions` };
}

function call(url: string, key: string, text: string): Promise<Response> {
  const body = JSON.stringify({ model: "small", max_tokens: 600, messages: [{ role: "user", content: text }] });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body });
}

interface Account {
  readonly spent: string;
  readonly held: string;
  readonly left: string;
}

async function accountOf(folder: string): Promise<Account> {
  const { out } = await runHere(["budgets", "--json"], folder);
  const [account] = (JSON.parse(out) as { accounts: Account[] }).accounts;
  if (account === undefined) throw new Error(`no account in ${out}`);
  return account;
}

it("a gateway that is killed loses and leaks nothing of a budget; what is applied is in force at once", async () => {
  const provider = await startProvider();
  const folder = folderWith(
    `dataDirectory: data
listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
providers: { own: { baseUrl: "http://127.0.0.1:${provider.port}", dialects: [openai-chat], keyless: true } }
prices: own.json
budgets:
  - { name: acme, subject: { org: acme }, usd: "0.05", window: month }
`,
  );
  const price = {
    from: null,
    caching: "none",
    usdPerMillion: { input: "1", output: "2" },
    confidence: "high",
    source: "ours",
    checked: "2026-11-21",
  };
  writeFileSync(
    join(folder, "own.json"),
    JSON.stringify({ vendor: "own", models: [{ id: "small", prices: [price] }] }),
  );
  const made = await runHere(["keys", "create", "--org", "acme", "--name", "bot"], folder);
  const key = made.out.trim();

  const first = await startGateway(folder);
  for (let count = 0; count < 3; count++) expect((await call(first.url, key, "hi")).status).toBe(200);
  const cut = call(first.url, key, "hang").catch(() => null);
  while (provider.hung.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  first.command.child.kill("SIGKILL");
  await first.command.result;
  await cut;
  expect(BigInt((await accountOf(folder)).held)).toBeGreaterThan(0n);

  const second = await startGateway(folder);
  expect(await accountOf(folder)).toMatchObject({
    spent: (3n * costOfOne).toString(),
    held: "0",
    left: (50_000_000_000n - 3n * costOfOne).toString(),
  });
  expect((await call(second.url, key, "hi")).status).toBe(200);
  writeFileSync(
    join(folder, "access.yaml"),
    "budgets: [{ name: shut, subject: { org: acme }, requests: 0, window: day }]\n",
  );
  expect((await runHere(["apply", "-f", "access.yaml"], folder)).code).toBe(0);
  await second.command.until("Config generation 2 is in force.");
  const refused = await call(second.url, key, "hi");
  expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining("shut is used up")]);
  expect((await runHere(["keys", "revoke", key], folder)).code).toBe(0);
  await second.command.until("Config generation 3 is in force.");
  expect((await call(second.url, key, "hi")).status).toBe(401);
  second.command.child.kill("SIGTERM");
  expect((await second.command.result).code).toBe(0);
  expect(await accountOf(folder)).toMatchObject({ spent: (4n * costOfOne).toString(), held: "0" });
});
