import { stageCache } from "../testing/stage-context.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatRequest, send, startTestGateway, type TestGateway } from "./test-gateway.ts";

let stack: TestGateway;
let key: string;
beforeAll(async () => {
  stack = await startTestGateway({
    endpoint: { serverKey: "sk-server" },
    route: { exactCache: stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 1_048_576 }) },
    config: {
      limits: { bodyBytesMax: 33_554_432, jsonDepthMax: 64, replyBytesMax: 134_217_728, inFlightMax: 100 },
    },
  });
  key = /fk_[\w-]+/.exec(stack.gateway.firstStartNotices.join(" "))?.[0] ?? "";
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.upstream.calls.length = 0;
});

const megabytes = (count: number): string => "many words of a long document. ".repeat((count * 1_048_576) / 31);
const ask = (body: string): ReturnType<typeof send> =>
  send(stack.port, { headers: ["authorization", `Bearer ${key}`], body });

describe("bodies above a megabyte", () => {
  it("reach the provider as their bytes, and repeat from the cache", async () => {
    const body = JSON.stringify(chatRequest({ metadata: { feature: "long" }, padding: megabytes(2) }));
    const first = await ask(body);
    const second = await ask(body);
    expect([first.status, first.headers["x-farthing-cache"]]).toEqual([200, "miss"]);
    expect([second.status, second.headers["x-farthing-cache"]]).toEqual([200, "hit"]);
    expect(stack.upstream.calls).toHaveLength(1);
    expect(stack.upstream.calls[0]?.body.toString()).toBe(body);
    expect(stack.ledger.records.at(-1)?.claims.feature).toBe("long");
    const other = await ask(JSON.stringify(chatRequest({ padding: `${megabytes(2)}.` })));
    expect(other.headers["x-farthing-cache"]).toBe("miss");
  });

  it("are translated", async () => {
    const messages = [{ role: "user", content: megabytes(1.5) }];
    const answer = await ask(JSON.stringify({ model: "anthropic/claude-sonnet-4-5", max_tokens: 5, messages }));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ object: "chat.completion" });
    expect(JSON.parse(stack.upstream.calls[0]?.body.toString() ?? "")).toMatchObject({ messages });
  });

  it.each([
    ["no JSON", `{"model":"m","messages":[],"x":"${megabytes(1.2)}`, "invalid_json"],
    ["a field twice", `{"model":"m","model":"n","x":"${megabytes(1.2)}"}`, "duplicate_field"],
    ["no messages", `{"model":"m","x":"${megabytes(1.2)}"}`, "invalid_request"],
    [
      "too deep",
      `{"model":"m","messages":${"[".repeat(100)}${"]".repeat(100)},"x":"${megabytes(1.2)}"}`,
      "json_too_deep",
    ],
  ])("are refused as small ones are: %s", async (_name, body, code) => {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(stack.upstream.calls).toHaveLength(0);
  });
});
