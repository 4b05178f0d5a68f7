import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AnswerStore } from "../spec/answer-store.ts";
import type { KeyScope } from "../spec/config.ts";
import { MapAnswerStore } from "../testing/map-answer-store.ts";
import { stageCache } from "../testing/stage-context.ts";
import { type RunningGateway, startGateway } from "./server.ts";
import { type GotAnswer, send, startUpstream, testConfig, type Upstream } from "./test-gateway.ts";
import { addKey } from "./test-local-key.ts";

let directory: string;
let upstream: Upstream;
let gateway: RunningGateway;

async function start(answers: AnswerStore): Promise<void> {
  const config = testConfig(upstream.origin, directory, {
    endpoint: { serverKey: "sk-server" },
    route: { exactCache: stageCache({ enabled: true }) },
  });
  gateway = await startGateway({ config, log: () => undefined, engineOptions: { answers } });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "farthing-invalidate-route-"));
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
  rmSync(directory, { recursive: true });
});

const makeKey = (tenant: string, scopes?: readonly KeyScope[]): string => addKey(gateway, tenant, scopes);

/** What the cache did for a call with these headers. */
async function ask(key: string, headers: readonly string[]): Promise<string> {
  const answer = await send(gateway.traffic.port, { headers: ["authorization", `Bearer ${key}`, ...headers] });
  expect(answer.status).toBe(200);
  return String(answer.headers["x-farthing-cache"]);
}

function forget(key: string, document: unknown): Promise<GotAnswer> {
  return send(gateway.traffic.port, {
    path: "/v1/cache/invalidate",
    headers: ["authorization", `Bearer ${key}`],
    body: JSON.stringify(document),
  });
}

const errorOf = (answer: GotAnswer): unknown => [
  answer.status,
  (answer.json()["error"] as Record<string, unknown>)["code"],
];

describe("POST /v1/cache/invalidate", () => {
  it.each([
    [{ documents: ["d-1"] }, ["x-farthing-documents", "d-0, d-1"]],
    [{ tags: ["spring"] }, ["x-farthing-tags", "spring"]],
    [{ prompts: ["support"] }, ["x-farthing-prompt", "support@3"]],
    [{ prompts: ["support@3"] }, ["x-farthing-prompt", "support@3"]],
    [{ models: ["gpt-4o-mini"] }, []],
    [{ routes: ["default"] }, []],
    [{ users: ["ada"] }, ["x-farthing-user", "ada"]],
  ])("forgets by %o", async (wish, headers) => {
    await start(new MapAnswerStore());
    expect(await ask("sk-own", headers)).toBe("miss");
    expect(await ask("sk-own", headers)).toBe("hit");
    expect((await forget("sk-own", { documents: ["other"], prompts: ["support@4"] })).status).toBe(200);
    expect(await ask("sk-own", headers)).toBe("hit");
    const forgotten = await forget("sk-own", wish);
    expect([forgotten.status, forgotten.json()["object"]]).toEqual([200, "farthing.invalidation"]);
    expect(await ask("sk-own", headers)).toBe("miss");
    expect(await ask("sk-own", headers)).toBe("hit");
  });

  it("reaches no other tenant, and erases a user's bytes", async () => {
    const answers = new MapAnswerStore();
    await start(answers);
    const [acme, rival] = [makeKey("acme", ["models", "cache"]), makeKey("rival", ["models", "cache"])];
    const user = ["x-farthing-user", "ada"];
    expect([await ask(acme, user), await ask(rival, user)]).toEqual(["miss", "miss"]);
    expect((await forget(rival, { users: ["ada"] })).json()).toEqual({
      object: "farthing.invalidation",
      tags: 1,
      erased: 1,
    });
    expect(answers.entries.size).toBe(1);
    expect([await ask(acme, user), await ask(rival, user)]).toEqual(["hit", "miss"]);
  });

  it("refuses with words what it cannot take", async () => {
    await start(new MapAnswerStore());
    const without = makeKey("acme");
    expect(errorOf(await forget(without, { tags: ["a"] }))).toEqual([403, "scope_missing"]);
    for (const wish of [{}, [], { tags: [] }, { tags: "a" }, { tags: [""] }, { tags: [1] }, { other: ["a"] }]) {
      expect(errorOf(await forget("sk-own", wish))).toEqual([400, "invalid_request"]);
    }
    const many = { tags: Array.from({ length: 257 }, (_, index) => `t${index}`) };
    expect(errorOf(await forget("sk-own", many))).toEqual([400, "invalid_request"]);
    expect(errorOf(await forget("sk-own", { tags: ["a"], erase: "yes" }))).toEqual([400, "invalid_request"]);
  });

  it("says so when the store cannot be reached", async () => {
    const answers = Object.assign(new MapAnswerStore(), { invalidate: () => Promise.reject(new Error("gone")) });
    await start(answers);
    expect(errorOf(await forget("sk-own", { tags: ["a"] }))).toEqual([503, "cache_unavailable"]);
  });
});
