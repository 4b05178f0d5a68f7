import { describe, expect, it } from "vitest";
import { noQuirks } from "../spec/quirks.ts";
import { readVendorRow } from "./read-vendor-row.ts";

const right = {
  id: "some-vendor",
  name: "Some Vendor",
  baseUrl: "https://api.example/some",
  dialects: ["openai-chat", "anthropic-messages"],
  paths: { "anthropic-messages": "/anthropic/v1/messages" },
  keyHeader: "authorization",
  keyPrefix: "Bearer ",
  keyless: false,
  requestIdHeader: "x-request-id",
  quirks: { jsonSchema: "none" },
  capabilities: {
    contextTokensMax: 128_000,
    tools: true,
    vision: false,
    documents: false,
    reasoning: false,
    embeddings: false,
    batch: false,
    promptCache: "none",
  },
  status: "documented",
  sources: ["https://docs.example/api (2026-11-21): paths"],
};

describe("readVendorRow", () => {
  it("fills in the quirks that a row does not name", () => {
    expect(readVendorRow(right)).toEqual({ ...right, quirks: { ...noQuirks, jsonSchema: "none" } });
    expect(readVendorRow({ ...right, baseUrl: null, quirks: {}, paths: {} })).toMatchObject({ quirks: noQuirks });
  });

  it.each([
    [{ id: "Some Vendor" }, 'vendor "Some Vendor": id is wrong ("Some Vendor")'],
    [{ baseUrl: "https://api.example/v1" }, 'vendor "some-vendor": baseUrl is wrong ("https://api.example/v1")'],
    [{ baseUrl: "https://api.example/" }, "baseUrl is wrong"],
    [{ baseUrl: "api.example" }, "baseUrl is wrong"],
    [{ dialects: ["openai-chat", "openai-chat"] }, "dialects is wrong"],
    [{ dialects: [] }, "dialects is wrong"],
    [{ dialects: ["morse"] }, "dialects is wrong"],
    [{ paths: { "openai-embeddings": "/e" } }, "paths: openai-embeddings is unknown"],
    [{ paths: { "openai-chat": "chat" } }, "paths: openai-chat is wrong"],
    [{ dialects: ["gemini"], paths: { gemini: "/g" } }, "paths: gemini is unknown"],
    [{ keyHeader: "Authorization" }, "keyHeader is wrong"],
    [{ keyless: "no" }, "keyless is wrong"],
    [{ quirks: { jsonSchema: "perhaps" } }, "quirks: jsonSchema is wrong"],
    [{ quirks: { jsonschema: "none" } }, "quirks: jsonschema is unknown"],
    [{ capabilities: { ...right.capabilities, contextTokensMax: 0 } }, "capabilities: contextTokensMax is wrong"],
    [{ capabilities: { tools: true } }, "capabilities: contextTokensMax is missing"],
    [{ status: "tested" }, "status is wrong"],
    [{ sources: ["https://docs.example/api"] }, "sources is wrong"],
    [{ sources: [] }, "sources is wrong"],
    [{ note: "a word more" }, "note is unknown"],
  ])("refuses %j", (change, message) => {
    expect(() => readVendorRow({ ...right, ...change })).toThrow(message);
  });

  it("refuses what lacks a field, or is no object", () => {
    const { keyless, ...rest } = right;
    expect(keyless).toBe(false);
    expect(() => readVendorRow(rest)).toThrow('vendor "some-vendor": keyless is missing');
    expect(() => readVendorRow([right])).toThrow("a vendor: is no object");
  });
});
