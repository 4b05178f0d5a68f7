import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { addLocalKey, type NewLocalKey, readLocalKeys, rotateLocalKey } from "../assembly/access/local-keys.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { ScriptedBudgets } from "../testing/scripted-budgets.ts";
import { chatRequest, type GotAnswer, send, type TestGateway, type TestGatewayOptions } from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
afterEach(() => gateways.stop());

/** A gateway with a server key, and a way to make local keys for it. */
async function start(options: TestGatewayOptions = {}): Promise<TestGateway & { make(key: NewLocalKey): string }> {
  const gateway = await gateways.start({ endpoint: { serverKey: "sk-server" }, ...options });
  const { dataDirectory } = gateway.config;
  const digests = createKeyedDigests(readFileSync(join(dataDirectory, "scope-secret"), "utf8").trim());
  return {
    ...gateway,
    make: (key) => {
      const made = addLocalKey(join(dataDirectory, "keys.json"), digests, key);
      gateway.gateway.reload({ ...gateway.config, generation: gateway.gateway.engine.config.generation + 1 });
      return made.key;
    },
  };
}

function call(gateway: TestGateway, key: string, model = "gpt-4o-mini", path?: string): Promise<GotAnswer> {
  return send(gateway.port, {
    headers: ["authorization", `Bearer ${key}`],
    body: JSON.stringify(chatRequest({ model })),
    ...(path === undefined ? {} : { path }),
  });
}

function get(gateway: TestGateway, key: string, path: string): Promise<GotAnswer> {
  return send(gateway.port, { method: "GET", path, headers: ["authorization", `Bearer ${key}`] });
}

it("an expired key is refused with the words for a key that never was", async () => {
  const clock = createFakeClock();
  const gateway = await start({ engine: { clock } });
  const key = gateway.make({ tenant: "a", expiresAtMs: clock.nowMs() + 1_000 });
  const unknown = await call(gateway, `fk_zzzzzzzzzz_${"A".repeat(43)}`);
  expect((await call(gateway, key)).status).toBe(200);
  clock.advance(1_000);
  const expired = await call(gateway, key);
  expect([expired.status, unknown.status]).toEqual([401, 401]);
  const words = [expired, unknown].map((answer) => (answer.json()["error"] as { message: string }).message);
  expect(words[0]).toBe(words[1]);
  expect(words[0]).toMatch(/unknown, expired or revoked/);
  expect(gateway.upstream.calls).toHaveLength(1);
});

it("a rotated key has two secrets until the old one's time is over", async () => {
  const clock = createFakeClock();
  const gateway = await start({ engine: { clock } });
  const old = gateway.make({ tenant: "a" });
  const { dataDirectory } = gateway.config;
  const digests = createKeyedDigests(readFileSync(join(dataDirectory, "scope-secret"), "utf8").trim());
  const id = old.split("_")[1] ?? "";
  const fresh = rotateLocalKey(join(dataDirectory, "keys.json"), digests, id, clock.nowMs() + 5_000)?.key ?? "";
  gateway.gateway.reload({ ...gateway.config, generation: 9 });
  expect([(await call(gateway, old)).status, (await call(gateway, fresh)).status]).toEqual([200, 200]);
  clock.advance(5_000);
  expect([(await call(gateway, old)).status, (await call(gateway, fresh)).status]).toEqual([401, 200]);
  expect(readLocalKeys(join(dataDirectory, "keys.json")).some((key) => key.id === id)).toBe(true);
});

it("a key for some models asks for those only, by any name, and lists no others", async () => {
  const gateway = await start();
  const key = gateway.make({ tenant: "a", models: ["gpt-4o*"] });
  expect((await call(gateway, key, "gpt-4o-mini")).status).toBe(200);
  expect((await call(gateway, key, "openai/gpt-4o-mini")).status).toBe(200);
  for (const model of ["gpt-4.1", "openai/gpt-4.1", "anthropic/gpt-4.1"]) {
    const refused = await call(gateway, key, model);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("model_not_allowed")]);
  }
  const body = JSON.stringify({ model: "tts-1", input: "hi" });
  const headers = ["authorization", `Bearer ${key}`];
  expect((await send(gateway.port, { path: "/v1/audio/speech", headers, body })).status).toBe(403);
  expect((await send(gateway.port, { path: "/v1/batches", headers, body: "{}" })).status).toBe(403);
  expect(gateway.upstream.calls).toHaveLength(2);
  const listed = (await get(gateway, key, "/v1/models")).json()["data"] as { id: string }[];
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.every(({ id }) => id.startsWith("gpt-4o"))).toBe(true);
});

it("a key does what its scopes say", async () => {
  const gateway = await start();
  const usual = gateway.make({ tenant: "a" });
  const reader = gateway.make({ tenant: "a", scopes: ["requests"] });
  const caller = gateway.make({ tenant: "a", scopes: ["models"] });
  expect([(await call(gateway, usual)).status, (await call(gateway, caller)).status]).toEqual([200, 200]);
  const refused = await call(gateway, reader);
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("scope_missing")]);
  expect((await get(gateway, reader, "/v1/models")).status).toBe(403);
  expect(
    (await send(gateway.port, { method: "GET", path: "/v1/files", headers: ["authorization", `Bearer ${reader}`] }))
      .status,
  ).toBe(403);
  const statuses = await Promise.all(
    [usual, reader, caller].map((key) => get(gateway, key, "/v1/farthing/requests/fr_1")),
  );
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 403]);
  expect(gateway.upstream.calls).toHaveLength(2);
});

it("org and project of a key, and what it pins, are what its spending counts against", async () => {
  const budgets = new ScriptedBudgets(1_000_000_000_000n);
  const gateway = await start({ engine: { budgets }, config: { budgets: [budgets.budget] } });
  const key = gateway.make({ tenant: "a", org: "acme", project: "bot", pinnedClaims: { team: "core" } });
  const body = JSON.stringify(chatRequest());
  const headers = ["authorization", `Bearer ${key}`, "x-farthing-team", "mine", "x-farthing-user", "u1"];
  expect((await send(gateway.port, { headers, body })).status).toBe(200);
  const id = key.split("_")[1];
  expect(budgets.seen.map(({ subject }) => subject)).toEqual([
    { key: id, org: "acme", project: "bot", team: "core", user: "u1", model: "gpt-4o-mini" },
  ]);
});
