import { describe, expect, it } from "vitest";
import { printConfig } from "./print-config.ts";
import { loadText, problemsOf } from "./test-load.ts";

/** A config whose only rule names a server of one's own, with these settings more. */
function ownServer(own: string): string {
  const provider = `{ baseUrl: "http://127.0.0.1:1", dialects: [openai-chat]${own} }`;
  return `providers: { own: ${provider}, other: { baseUrl: "http://127.0.0.1:2", dialects: [openai-chat], keyless: true } }\nroutes: [{ name: a, targets: [{ name: r, use: own/m }] }]`;
}

describe("a provider without a key", () => {
  it("is warned of where a rule names it, unless it takes none", () => {
    expect(loadText(ownServer("")).warnings).toEqual([
      "Rule r of route a names provider own, which has no key: only callers with a key of their own reach it. Give it key: ${VARIABLE}, or keyless: true where the server takes none.",
    ]);
    expect(loadText(ownServer(", key: '${K}'"), { K: "sk" }).warnings).toEqual([]);
    const { config, warnings } = loadText(ownServer(", keyless: true"));
    expect(warnings).toEqual([]);
    expect(config.endpoints[0]).toMatchObject({ keyless: true, serverKey: null });
    expect(loadText(printConfig(config)).config.endpoints).toEqual(config.endpoints);
  });

  it("is not warned of where no provider has a key: then callers bring their own", () => {
    const provider = '{ baseUrl: "http://127.0.0.1:1", dialects: [openai-chat] }';
    const text = `providers: { own: ${provider} }\nroutes: [{ name: a, targets: [{ name: r, use: own/m }] }]`;
    expect(loadText(text).warnings).toEqual([]);
  });

  it("is not both keyless and given a key", () => {
    expect(problemsOf(ownServer(", keyless: true, key: '${K}'"), { K: "sk" })).toEqual([
      "farthing.yaml:1:86: providers.own.keyless: contradicts the key beside it (found true). Take out keyless, or the key.",
    ]);
  });
});
