import { describe, expect, it } from "vitest";
import type { Conversation } from "../../../spec/conversation.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { fitToServer } from "./fit-to-server.ts";

const thinking = { type: "reasoning", text: "hm", signature: null, redacted: null, id: null } as const;
const said = { type: "text", text: "yes" } as const;
const conversation: Conversation = {
  model: "m",
  stream: false,
  system: [
    { type: "text", text: "one" },
    { type: "text", text: "two" },
  ],
  turns: [
    { role: "user", parts: [{ type: "text", text: "so?" }] },
    { role: "assistant", parts: [thinking, said] },
  ],
  tools: [],
  settings: {},
};

describe("a conversation for a server", () => {
  it("without quirks stays as it is", () => {
    expect(fitToServer(conversation, noQuirks)).toEqual({ conversation, dropped: [] });
  });

  it("that refuses thinking loses it, by name", () => {
    const { conversation: fitted, dropped } = fitToServer(conversation, { ...noQuirks, takesReasoning: false });
    expect(fitted.turns[1]?.parts).toEqual([said]);
    expect(dropped).toEqual(["reasoning"]);
    expect(conversation.turns[1]?.parts).toEqual([thinking, said]);
  });

  it("that takes one instruction gets one, and none between turns", () => {
    const quirks = { ...noQuirks, takesSystemTurns: false };
    expect(fitToServer(conversation, quirks).conversation.system).toEqual([{ type: "text", text: "one\n\ntwo" }]);
    const turns = [...conversation.turns, { role: "system" as const, parts: [said] }];
    expect(() => fitToServer({ ...conversation, turns }, quirks)).toThrow("system-turn");
  });
});
