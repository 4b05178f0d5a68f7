import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createNetServer, type AddressInfo, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { FarthingConfig } from "../../spec/config.ts";
import { loadForCommand } from "../../assembly/operation.ts";
import { checkDirectory } from "./check-directory.ts";
import { checkListeners, checkRunningLedger } from "./check-listeners.ts";
import { checkClientVariables, checkClock, checkMachine } from "./check-machine.ts";
import { checkPrices } from "./check-prices.ts";
import { checkProviders } from "./check-providers.ts";
import type { Finding } from "./finding.ts";
import { reachOrigin } from "./reach-origin.ts";

const servers: (Server | NetServer)[] = [];
afterEach(() => servers.splice(0).forEach((server) => void server.close()));

const nowMs = Date.UTC(2026, 10, 21);

function folder(): string {
  return mkdtempSync(join(tmpdir(), "farthing-doctor-"));
}

function configOf(text: string, env: Readonly<Record<string, string>> = {}): FarthingConfig {
  const directory = folder();
  writeFileSync(join(directory, "farthing.yaml"), `dataDirectory: data\n${text}\n`, { mode: 0o600 });
  return loadForCommand({ config: join(directory, "farthing.yaml") }, env).config;
}

async function listen(server: Server | NetServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function configWithTarget(model: string): FarthingConfig {
  return configOf(`routes: [{ name: a, targets: [{ name: r, use: openai/${model} }] }]`);
}

const levels = (findings: readonly Finding[]) => findings.map(({ level, check }) => `${check} ${level}`);

describe("the data directory", () => {
  it("may be absent, must be writable, and is for its owner only", () => {
    const config = configOf("");
    expect(levels(checkDirectory(config, nowMs))).toEqual(["data ok", "disk ok", "keys ok"]);
    mkdirSync(config.dataDirectory);
    chmodSync(config.dataDirectory, 0o755);
    writeFileSync(join(config.dataDirectory, "keys.json"), "{ damaged", { mode: 0o644 });
    writeFileSync(join(config.dataDirectory, "off"), "");
    const findings = checkDirectory(config, nowMs);
    expect(levels(findings)).toEqual(["data warn", "disk ok", "ledger ok", "off switch warn", "keys fail"]);
    expect(findings[0]?.text).toContain("keys.json");
    expect(findings.at(-1)?.text).toContain("damaged");
  });

  it("fails on a ledger that is none", () => {
    const config = configOf("");
    mkdirSync(config.dataDirectory, { mode: 0o700 });
    writeFileSync(
      join(config.dataDirectory, "ledger.sqlite"),
      "not a database at all, but long enough to be read as one",
    );
    expect(levels(checkDirectory(config, nowMs))).toContain("ledger fail");
  });

  it("fails on an open address without a key", () => {
    const findings = checkDirectory(configOf("listen: { traffic: 0.0.0.0:8787 }"), nowMs);
    expect(levels(findings)).toContain("keys fail");
  });
});

describe("listeners", () => {
  it("tell free, foreign and own ones apart", async () => {
    const foreign = await listen(createNetServer((socket) => socket.end("SSH-2.0-x\r\n")));
    const own = await listen(createServer((_, response) => void response.end('{"status":"ok"}')));
    const config = configOf(`listen: { traffic: 127.0.0.1:${foreign}, admin: 127.0.0.1:0 }`);
    const found = await checkListeners(config);
    expect(levels(found)).toEqual(["port fail", "port ok"]);
    expect(found[0]?.text).toContain("taken by another program");
    const ours = await checkListeners(configOf(`listen: { traffic: 127.0.0.1:${own}, admin: 127.0.0.1:0 }`));
    expect(ours[0]?.text).toContain("a gateway answers there");
  });
});

describe("a running gateway's ledger", () => {
  it("is told of where it fails or has lost rows", () => {
    expect(checkRunningLedger('{"ledger":{"lastError":null,"rowsDropped":0}}')).toEqual([]);
    expect(checkRunningLedger("{ no status")).toEqual([]);
    const found = checkRunningLedger('{"ledger":{"lastError":"disk I/O error","rowsDropped":3}}');
    expect(levels(found)).toEqual(["ledger fail", "ledger warn"]);
    expect(found[0]?.text).toContain("lastError: disk I/O error");
  });
});

describe("providers", () => {
  it("are called without a key, unless asked to try the held ones", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.statusCode = request.headers.authorization === "Bearer sk-good" ? 200 : 401;
      response.end();
    });
    const port = await listen(server);
    const text = (key: string): string => `providers: { openai: { baseUrl: http://127.0.0.1:${port}, key: "${key}" } }`;
    expect(levels((await checkProviders(configOf(text("sk-good")), false)).findings)).toEqual(["provider ok"]);
    expect(seen).toEqual([undefined]);
    expect(levels((await checkProviders(configOf(text("sk-good")), true)).findings)).toEqual(["provider ok"]);
    const refused = await checkProviders(configOf(text("sk-wrong")), true);
    expect(levels(refused.findings)).toEqual(["provider fail"]);
    expect(JSON.stringify(refused)).not.toContain("sk-wrong");
    expect(Math.abs((refused.dateMs ?? 0) - Date.now())).toBeLessThan(5000);
  });

  it("fail where nobody answers or nobody answers in time", async () => {
    const silent = await listen(createNetServer(() => undefined));
    const network = { httpsProxy: null, noProxy: [], extraCa: null };
    const base = { path: "/", method: "HEAD", headers: {}, network } as const;
    expect(await reachOrigin({ ...base, origin: "http://127.0.0.1:1", waitMsMax: 2000 })).toEqual({
      ok: false,
      reason: "ECONNREFUSED",
    });
    const slow = await reachOrigin({ ...base, origin: `http://127.0.0.1:${silent}`, waitMsMax: 100 });
    expect(slow).toEqual({ ok: false, reason: "no answer within 100 ms" });
  });

  it("are reached through the proxy, but for those exempt", async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`);
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    const port = await listen(proxy);
    const httpsProxy = `http://ada:secret@127.0.0.1:${port}`;
    const base = { path: "/", method: "HEAD", headers: {}, waitMsMax: 2000 } as const;
    const network = { httpsProxy, noProxy: [".exempt.invalid"], extraCa: null };
    const result = await reachOrigin({ ...base, origin: "https://api.invalid", network });
    expect(result).toEqual({ ok: false, reason: "the proxy answered 407" });
    expect(asked).toEqual([`api.invalid:443 Basic ${Buffer.from("ada:secret").toString("base64")}`]);
    expect(await reachOrigin({ ...base, origin: "https://a.exempt.invalid", network })).toMatchObject({ ok: false });
    expect(asked).toHaveLength(1);
    // A bare name exempts itself only, as it does for the gateway.
    const bare = { ...network, noProxy: ["exempt.invalid"] };
    await reachOrigin({ ...base, origin: "https://a.exempt.invalid", network: bare });
    expect(asked).toHaveLength(2);
  });
});

describe("the machine", () => {
  it("warns of variables that clients trip over", () => {
    const config = configOf("");
    const env = {
      ANTHROPIC_API_KEY: "sk-canary",
      ANTHROPIC_AUTH_TOKEN: "canary",
      ANTHROPIC_BASE_URL: "http://x/v1",
      OPENAI_BASE_URL: "http://x",
    };
    const findings = checkClientVariables(config, env);
    expect(levels(findings)).toEqual(["client env warn", "client env warn", "client env warn"]);
    expect(JSON.stringify(findings)).not.toContain("canary");
    expect(levels(checkClientVariables(config, {}))).toEqual(["client env ok"]);
  });

  it("tells of the proxy without its password", () => {
    const config = configOf("network: { httpsProxy: 'http://ada:canary@proxy:1' }");
    const text = JSON.stringify(checkMachine(config, {}));
    expect(text).toContain("//***@proxy:1");
    expect(text).not.toContain("canary");
    expect(levels(checkMachine(configOf(""), { HTTP_PROXY: "http://p" }))).toContain("proxy warn");
  });

  it("compares the clock where it can", () => {
    expect(checkClock(nowMs, nowMs + 5000).level).toBe("ok");
    expect(checkClock(nowMs, nowMs - 120_000)).toMatchObject({ level: "warn", text: "120 s ahead of the providers'" });
    expect(checkClock(nowMs, null).level).toBe("ok");
    expect(checkClock(0, null).level).toBe("fail");
  });
});

describe("prices", () => {
  it("are fresh or not, and cover the models of the rules or not", () => {
    expect(levels(checkPrices(configWithTarget("gpt-4o-mini"), nowMs))).toEqual(["prices ok", "prices ok"]);
    const findings = checkPrices(configWithTarget("nobody-knows"), nowMs + 400 * 86_400_000);
    expect(levels(findings)).toEqual(["prices warn", "prices warn"]);
    expect(findings[1]?.text).toContain("openai/nobody-knows");
  });
});
