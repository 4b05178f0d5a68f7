import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importOutcomes } from "../assembly/outcomes/outcomes-import.ts";
import { readLedgerEconomics } from "../assembly/outcomes/outcomes-reports.ts";
import type { KeyScope } from "../spec/config.ts";
import { type RunningGateway, startGateway } from "./server.ts";
import { type GotAnswer, send, startUpstream, testConfig, type Upstream } from "./test-gateway.ts";
import { addKey } from "./test-local-key.ts";

let directory: string;
let upstream: Upstream;
let gateway: RunningGateway;
let log: object[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "farthing-outcome-route-"));
  upstream = await startUpstream();
  log = [];
  const config = testConfig(upstream.origin, directory, { endpoint: { serverKey: "sk-server" } });
  gateway = await startGateway({ config, log: (line) => log.push(line) });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
  rmSync(directory, { recursive: true });
});

const makeKey = (tenant: string, scopes?: readonly KeyScope[]): string => addKey(gateway, tenant, scopes);

/** A model call in a session; its request id. */
async function call(key: string, session: string): Promise<string> {
  const answer = await send(gateway.traffic.port, {
    headers: ["authorization", `Bearer ${key}`, "x-farthing-session", session],
  });
  expect(answer.status).toBe(200);
  return String(answer.headers["x-farthing-request-id"]);
}

function post(key: string, document: unknown, headers: readonly string[] = []): Promise<GotAnswer> {
  const body = typeof document === "string" ? document : JSON.stringify(document);
  return send(gateway.traffic.port, {
    path: "/v1/outcomes",
    headers: ["authorization", `Bearer ${key}`, ...headers],
    body,
  });
}

const errorOf = (answer: GotAnswer): unknown => [
  answer.status,
  (answer.json()["error"] as Record<string, unknown>)["code"],
];

const economics = () => readLedgerEconomics(directory, Date.now() - 60_000, Date.now() + 60_000, "kind");
const ticket = { id: "t-1", kind: "ticket", session: "s-1", value: "2.00" };

describe("POST /v1/outcomes", () => {
  it("joins what an own key's calls cost to what they were good for, once", async () => {
    await call("sk-own", "s-1");
    const requestId = await call("sk-own", "s-2");
    const posted = await post("sk-own", [ticket, { id: "t-2", kind: "sale", request: requestId }]);
    expect([posted.status, posted.json()]).toEqual([200, { object: "farthing.outcomes", stored: 2, repeated: 0 }]);
    expect((await post("sk-own", ticket)).json()).toMatchObject({ stored: 0, repeated: 1 });
    const { kinds, withoutOutcome, costPicoUsd } = economics();
    expect(kinds.map(({ kind, outcomes, unmatched, costPicoUsd: cost }) => [kind, outcomes, unmatched, cost])).toEqual([
      ["ticket", 1, 0, costPicoUsd / 2n],
      ["sale", 1, 0, costPicoUsd / 2n],
    ]);
    expect(withoutOutcome).toEqual({ requests: 0, costPicoUsd: 0n });
  });

  it("joins nothing across tenants, and says the same whether a session exists or not", async () => {
    const [acme, rival] = [makeKey("acme"), makeKey("rival", ["outcomes"])];
    const acmePosts = makeKey("acme", ["models", "outcomes"]);
    const requestId = await call(acme, "s-1");
    const stolen = await post(rival, [ticket, { id: "t-2", kind: "ticket", request: requestId }]);
    const guessed = await post(rival, [
      { ...ticket, id: "t-3", session: "none" },
      { ...ticket, id: "t-4", session: "none" },
    ]);
    expect([stolen.status, stolen.text]).toEqual([guessed.status, guessed.text]);
    expect(economics()).toMatchObject({ kinds: [{ outcomes: 4, unmatched: 4, costPicoUsd: 0n }] });
    // The same id is another outcome for another tenant; a key of the same tenant reaches the session.
    expect((await post(acmePosts, ticket)).status).toBe(200);
    const { kinds, costPicoUsd } = economics();
    expect(kinds).toMatchObject([{ outcomes: 5, unmatched: 4, costPicoUsd }]);
    expect(costPicoUsd).toBeGreaterThan(0n);
  });

  it("refuses with words what it cannot take", async () => {
    const without = makeKey("acme");
    expect(errorOf(await post(without, ticket))).toEqual([403, "scope_missing"]);
    expect(errorOf(await post(`fk_zzzzzzzzzz_${"A".repeat(43)}`, ticket))).toEqual([401, "invalid_key"]);
    expect(errorOf(await post("sk-own", "{"))).toEqual([400, "invalid_json"]);
    expect(errorOf(await post("sk-own", { ...ticket, kind: "" }))).toEqual([400, "invalid_request"]);
    expect(errorOf(await post("sk-own", "x".repeat(70_000)))).toEqual([413, "body_too_large"]);
    expect(errorOf(await post("sk-own", ticket, ["content-type", "text/csv"]))).toEqual([
      415,
      "unsupported_media_type",
    ]);
    const get = await send(gateway.traffic.port, { method: "GET", path: "/v1/outcomes" });
    expect([...(errorOf(get) as unknown[]), get.headers["allow"]]).toEqual([405, "wrong_method", "POST"]);
    expect(economics().kinds).toEqual([]);
  });

  it("refuses another content under the same id, and clients do not try again", async () => {
    await post("sk-own", ticket);
    const answer = await post("sk-own", { ...ticket, value: "3.00" });
    expect(errorOf(answer)).toEqual([409, "outcome_conflict"]);
    expect(answer.headers["x-should-retry"]).toBe("false");
    expect(economics().kinds).toMatchObject([{ valuePicoUsd: 2_000_000_000_000n }]);
  });

  it("works beside an import into the same ledger", async () => {
    await call("sk-own", "s-1");
    const file = join(directory, "o.csv");
    writeFileSync(file, "id,kind,session\n1,import,s-1\n");
    const options = { directory, file, keyId: null, nowMs: Date.now() };
    expect(importOutcomes(options)).toEqual({ stored: 1, repeated: 0, conflict: null });
    expect(importOutcomes(options)).toEqual({ stored: 0, repeated: 1, conflict: null });
    writeFileSync(file, "id,kind,session\n1,other,s-1\n");
    expect(importOutcomes(options)).toMatchObject({ conflict: "1" });
    await call("sk-own", "s-1");
    const { kinds, costPicoUsd } = economics();
    expect(kinds).toMatchObject([{ kind: "import", unmatched: 0, costPicoUsd }]);
    expect(() => importOutcomes({ ...options, keyId: "nobody" })).toThrow("no local key nobody");
    expect(() => importOutcomes({ ...options, file: join(directory, "none") })).toThrow("cannot be read (ENOENT)");
    expect(log.filter((line) => "event" in line && line.event === "alarm")).toEqual([]);
  });
});
