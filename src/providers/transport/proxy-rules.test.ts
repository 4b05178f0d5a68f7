import { expect, test } from "vitest";
import { goesThroughProxy } from "./proxy-rules.ts";

test.each([
  ["https://api.openai.com", [], true],
  ["http://api.openai.com", [], false],
  ["https://api.openai.com", ["*"], false],
  ["https://api.openai.com", ["api.openai.com"], false],
  ["https://api.openai.com", ["API.OpenAI.com "], false],
  ["https://api.openai.com", ["openai.com"], true],
  ["https://api.openai.com", [".openai.com"], false],
  ["https://api.openai.com", ["*.openai.com"], false],
  ["https://openai.com", [".openai.com"], false],
  ["https://notopenai.com", [".openai.com"], true],
  ["https://api.openai.com", ["api.openai.com:443"], false],
  ["https://api.openai.com:8443", ["api.openai.com:443"], true],
  ["https://api.openai.com:8443", ["api.openai.com:8443", ""], false],
  ["https://[::1]:8443", ["::1"], false],
  ["https://[::1]:8443", ["[::1]"], false],
  ["https://127.0.0.1", ["127.0.0.1"], false],
  ["https://api.openai.com", ["", "localhost"], true],
])("%s without %j: %s", (origin, noProxy, expected) => {
  expect(goesThroughProxy(origin, noProxy)).toBe(expected);
});
