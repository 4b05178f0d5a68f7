import { describe, expect, it } from "vitest";
import { resolveBaseUrl } from "./resolve-base-url.ts";

describe("resolveBaseUrl", () => {
  it.each([
    ["https://api.openai.com", "https://api.openai.com", ""],
    ["https://api.openai.com/v1", "https://api.openai.com", ""],
    ["https://api.openai.com/v1/", "https://api.openai.com", ""],
    ["https://gateway.example/openai/v1", "https://gateway.example", "/openai"],
    ["https://gateway.example:8443/a/b//", "https://gateway.example:8443", "/a/b"],
    ["http://127.0.0.1:9999/v1", "http://127.0.0.1:9999", ""],
    ["http://localhost:11434", "http://localhost:11434", ""],
    ["http://[::1]:8080", "http://[::1]:8080", ""],
    // The URL parser folds odd spellings of an address, so they are judged by what they are.
    ["http://0x7f.1:80/", "http://127.0.0.1", ""],
  ])("%s", (text, origin, basePath) => {
    expect(resolveBaseUrl(text, false)).toEqual({ ok: true, origin, basePath });
  });

  it.each([
    ["api.openai.com", "is not a URL"],
    ["ftp://api.openai.com", "is not an https URL"],
    ["http://api.openai.com", "is not https, so keys would travel unencrypted"],
    ["http://127.0.0.1.evil.example", "is not https, so keys would travel unencrypted"],
    ["http://localhost.evil.example", "is not https, so keys would travel unencrypted"],
    ["https://user:secret@api.openai.com", "holds a user name or password"],
    ["https://api.openai.com?key=secret", "holds a query or fragment"],
    ["https://api.openai.com/#", "holds a query or fragment"],
  ])("refuses %s", (text, message) => {
    expect(resolveBaseUrl(text, false)).toMatchObject({ ok: false, message });
  });

  it("takes http to another machine where the operator says so", () => {
    expect(resolveBaseUrl("http://gpu-3:8000/v1", true)).toEqual({
      ok: true,
      origin: "http://gpu-3:8000",
      basePath: "",
    });
  });
});
