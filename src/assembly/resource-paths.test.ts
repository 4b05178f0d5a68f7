import { describe, expect, it } from "vitest";
import { findResource } from "./resource-paths.ts";

describe("resource calls", () => {
  it.each([
    ["GET", "/v1/responses/resp_1", "openai-responses", "responses/id", false],
    ["POST", "/v1/responses/input_tokens", "openai-responses", "responses/input_tokens", false],
    ["POST", "/v1/audio/speech", "openai-chat", "audio/speech", true],
    ["GET", "/v1/files/file-1/content", "openai-chat", "files", false],
    ["POST", "/v1/messages/count_tokens", "anthropic-messages", "messages/count_tokens", false],
    ["POST", "/v1beta/models/gemini-2.5-flash:countTokens", "gemini", "countTokens", false],
  ])("%s %s", (method, path, dialect, name, billed) => {
    const stateful = name === "files" || name === "responses/id";
    expect(findResource(method, path)).toEqual({ dialect, resource: { name, method, path, billed, stateful } });
  });

  it("tells the methods of a path that is asked with another one", () => {
    expect(findResource("PUT", "/v1/responses/resp_1")).toEqual({
      dialect: "openai-responses",
      allowed: ["GET", "DELETE"],
    });
  });

  it.each(["/v1/responses/", "/v1/responses/a/b/c", "/v1/files/a%2Fb", "/v1/chat/completions", "/v1/responses"])(
    "%s is none",
    (path) => expect(findResource("GET", path)).toBeNull(),
  );
});
