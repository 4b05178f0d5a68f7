import { describe, expect, it } from "vitest";
import type { FarthingConfig } from "../spec/config.ts";
import type { ModelRequest } from "../spec/request.ts";
import type { Route, RouteMatch } from "../spec/route.ts";
import type { Endpoint } from "../spec/target.ts";
import { firstEndpoint } from "./first-target.ts";
import { matchRoute } from "./match-route.ts";

const request: ModelRequest = {
  dialect: "openai-chat",
  model: "gpt-4o",
  stream: false,
  streamUsage: false,
  outputTokensMax: null,
  choices: 1,
  temperature: null,
  hasTools: false,
  stateful: false,
  bodyBytes: 10,
  rest: {},
};

function routes(...matches: readonly RouteMatch[]): readonly Route[] {
  return [...matches, {}].map((match, index) => ({ name: String(index), match }) as Route);
}

function nameOf(match: RouteMatch, claims: object = {}, promptTokens = 5): string {
  return matchRoute(routes(match), request, { tags: [], ...claims }, () => promptTokens).name;
}

function never(): number {
  throw new Error("asked");
}

function endpoint(id: string, serverKey: string | null): Endpoint {
  return { id, serverKey, dialects: ["openai-chat"] } as unknown as Endpoint;
}

function config(endpoints: readonly Endpoint[], wanted = "a"): FarthingConfig {
  return { endpoints, defaultEndpoints: { "openai-chat": wanted } } as unknown as FarthingConfig;
}

describe("matchRoute", () => {
  it("takes the first route whose every condition holds, else the last", () => {
    expect(nameOf({ model: ["gpt-*"], task: ["summary"] }, { task: "summary" })).toBe("0");
    expect(nameOf({ model: ["gpt-*"], task: ["summary"] })).toBe("1");
    expect(nameOf({ dialect: ["anthropic-messages"] })).toBe("1");
    expect(nameOf({ dialect: ["openai-chat"], tag: ["a"] }, { tags: ["b", "a"] })).toBe("0");
    expect(nameOf({ promptTokensMax: 4 })).toBe("1");
    expect(nameOf({ promptTokensMin: 5 })).toBe("0");
  });

  it("estimates the prompt only when a condition asks for its size", () => {
    expect(matchRoute(routes({ model: ["x"] }), request, { tags: [] }, never).name).toBe("1");
    expect(() => matchRoute(routes({ promptTokensMin: 1 }), request, { tags: [] }, never)).toThrow("asked");
  });
});

describe("firstEndpoint", () => {
  it("sends an own key to the default endpoint of its dialect and nowhere else", () => {
    const two = [endpoint("b", null), endpoint("a", "sk")];
    expect(firstEndpoint(config(two), "openai-chat", "own-key").id).toBe("a");
    expect(() => firstEndpoint(config(two, "gone"), "openai-chat", "own-key")).toThrow(/No provider is configured/);
    expect(() => firstEndpoint(config(two), "anthropic-messages", "own-key")).toThrow(/anthropic-messages/);
  });

  it("lets a local key use only endpoints whose key the server holds", () => {
    expect(firstEndpoint(config([endpoint("a", null), endpoint("b", "sk")]), "openai-chat", "local-key").id).toBe("b");
    expect(() => firstEndpoint(config([endpoint("a", null)]), "openai-chat", "local-key")).toThrow(
      /local keys use only/,
    );
  });
});
