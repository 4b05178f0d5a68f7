import { describe, expect, it } from "vitest";
import { vendorById } from "../providers/vendor-catalogue.ts";
import type { Endpoint } from "../spec/target.ts";
import { noQuirks } from "../spec/quirks.ts";
import { ownServerQuirks } from "./dialect-defaults.ts";
import { loadText, problemsOf } from "./test-load.ts";

/** The first endpoint of a config whose `providers` section is this text. */
function endpointOf(providers: string, env: Readonly<Record<string, string>> = {}): Endpoint {
  const [endpoint] = loadText(`providers: { ${providers} }`, env).config.endpoints;
  if (endpoint === undefined) throw new Error("no endpoint");
  return endpoint;
}

describe("a provider takes over from its vendor's row", () => {
  it("quirks, paths and whether it needs a key", () => {
    expect(endpointOf("router: {}")).toMatchObject({
      dialects: ["openai-chat", "anthropic-messages"],
      paths: { "anthropic-messages": "/anthropic/v1/messages" },
      quirks: { ...noQuirks, acceptsStreamUsage: false, jsonSchema: "none" },
    });
    expect(endpointOf("home: {}")).toMatchObject({ keyless: true, serverKey: null });
    expect(endpointOf("openai: {}")).not.toHaveProperty("paths");
    expect(endpointOf("openai: {}")).not.toHaveProperty("keyless");
  });

  it("under any name, at any address", () => {
    expect(endpointOf("gpu-3: { vendor: home, baseUrl: 'http://127.0.0.1:9/v1' }")).toMatchObject({
      id: "gpu-3",
      vendor: "home",
      origin: "http://127.0.0.1:9",
      keyless: true,
      quirks: { outputLimitField: "max_tokens" },
    });
  });
});

describe("a provider's own word wins", () => {
  it("for each quirk, in the older spelling too", () => {
    const { quirks } = endpointOf("router: { quirks: { jsonSchema: hint, systemRole: developer } }");
    expect(quirks).toEqual({ ...noQuirks, acceptsStreamUsage: false, jsonSchema: "hint", systemRole: "developer" });
    expect(endpointOf("router: { acceptsStreamUsage: true }").quirks.acceptsStreamUsage).toBe(true);
    expect(endpointOf("openai: { acceptsStreamUsage: false, quirks: { acceptsStreamUsage: false } }").quirks).toEqual({
      ...noQuirks,
      acceptsStreamUsage: false,
    });
  });

  it("for a path, and leaves out what it does not speak", () => {
    const own = "router: { paths: { openai-chat: /chat }, dialects: [openai-chat] }";
    expect(endpointOf(own)).toMatchObject({ dialects: ["openai-chat"], paths: { "openai-chat": "/chat" } });
    expect(endpointOf(own).paths).not.toHaveProperty("anthropic-messages");
  });

  it("for the key: with one, or with keyless: false, a server at home asks for one", () => {
    expect(endpointOf("home: { key: '${K}' }", { K: "sk" })).toMatchObject({ serverKey: "sk" });
    expect(endpointOf("home: { key: '${K}' }", { K: "sk" })).not.toHaveProperty("keyless");
    expect(endpointOf("home: { keyless: false }")).not.toHaveProperty("keyless");
  });
});

describe("an address", () => {
  it.each([
    ["https://mine.example", ""],
    ["https://mine.example/openai", ""],
    ["https://mine.example/openai/v1/", ""],
    ["https://proxy.example/azure/openai/v1", "/azure"],
    ["https://proxy.example/azure", "/azure"],
    ["https://proxy.example/openai/azure", "/openai/azure"],
  ])("%s may hold what all paths begin with", (baseUrl, basePath) => {
    expect(endpointOf(`cloud: { baseUrl: "${baseUrl}" }`)).toMatchObject({
      basePath,
      keyHeader: "api-key",
      paths: { "openai-chat": "/openai/v1/chat/completions" },
    });
  });

  it("is as written where only some paths begin so", () => {
    expect(endpointOf("router: { baseUrl: 'https://x.example/anthropic' }").basePath).toBe("/anthropic");
    expect(endpointOf("openai: { baseUrl: 'https://x.example/v1/v1' }").basePath).toBe("/v1");
  });

  it("is demanded of a vendor that has none for everybody", () => {
    expect(problemsOf("providers:\n  cloud: { key: '${K}' }", { K: "sk" })).toEqual([
      "farthing.yaml:2:10: providers.cloud: has no baseUrl, and Some Cloud has none that is everybody's. Add baseUrl: with the address of yours.",
    ]);
    expect(problemsOf("providers:\n  mine: { vendor: cloud }")).toHaveLength(1);
  });
});

describe("a server that no row describes", () => {
  it("is taken for what most such servers are, as the row of any server says", () => {
    expect(endpointOf("own: { baseUrl: 'http://127.0.0.1:1', dialects: [openai-chat] }").quirks).toEqual(
      ownServerQuirks,
    );
    expect(vendorById("openai-compatible")?.quirks).toEqual(ownServerQuirks);
  });

  it.each([
    ["openai-embeddings", "authorization", "Bearer ", "x-request-id"],
    ["anthropic-messages", "x-api-key", "", "request-id"],
    ["gemini", "x-goog-api-key", "", "x-goog-request-id"],
  ])("gets its key in %s's way", (dialect, keyHeader, keyPrefix, requestIdHeader) => {
    expect(endpointOf(`own: { baseUrl: "http://127.0.0.1:1", dialects: [${dialect}] }`)).toMatchObject({
      keyHeader,
      keyPrefix,
      requestIdHeader,
    });
  });
});

describe("what is wrong with quirks and paths", () => {
  it.each([
    [
      "openai: { acceptsStreamUsage: true, quirks: { acceptsStreamUsage: false } }",
      "1:44: providers.openai.acceptsStreamUsage: contradicts quirks.acceptsStreamUsage (found true). Keep the one under quirks; this is its older spelling.",
    ],
    [
      "openai: { quirks: { jsonschema: none } }",
      "1:34: providers.openai.quirks.jsonschema: unknown key. Did you mean jsonSchema?",
    ],
    [
      "openai: { quirks: { jsonSchema: maybe } }",
      "1:46: providers.openai.quirks.jsonSchema: is not one of the choices (found maybe). Write strict, hint or none.",
    ],
    [
      "openai: { paths: { openai-chat: chat } }",
      "1:46: providers.openai.paths.openai-chat: is not a path (found chat). Write it from the slash on, such as /chat/completions.",
    ],
    [
      "openai: { paths: { anthropic-messages: /messages } }",
      "1:33: providers.openai.paths.anthropic-messages: is a dialect that this provider does not speak. Those it speaks: openai-chat, openai-responses.",
    ],
    [
      "openai: { dialects: [openai-chat, openai-chat] }",
      "1:34: providers.openai.dialects: names a dialect twice. Keep one of them.",
    ],
  ])("%s", (providers, problem) => {
    expect(problemsOf(`providers: { ${providers} }`)).toEqual([`farthing.yaml:${problem}`]);
  });
});

describe("the provider of a dialect", () => {
  it("is the first whose own it is, then the first that speaks it, unless the file names one", () => {
    const text = "providers: { router: {}, home: {}, anthropic: {}, openai: {} }";
    expect(loadText(text).config.defaultEndpoints).toEqual({
      "openai-chat": "router",
      "openai-responses": "openai",
      "anthropic-messages": "anthropic",
    });
    expect(loadText(`${text}\ndefaultProviders: { anthropic-messages: home }`).config.defaultEndpoints).toMatchObject({
      "anthropic-messages": "home",
    });
    // One of another dialect is translated for, where the file says so; embeddings cannot be.
    expect(loadText(`${text}\ndefaultProviders: { gemini: home }`).config.defaultEndpoints.gemini).toBe("home");
    expect(problemsOf(`${text}\ndefaultProviders: { openai-embeddings: anthropic }`)).toEqual([
      "farthing.yaml:2:40: defaultProviders.openai-embeddings: no provider called anthropic speaks openai-embeddings (found anthropic). Those that do: none.",
    ]);
  });
});
