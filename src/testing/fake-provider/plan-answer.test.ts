import { describe, expect, test } from "vitest";
import { guessKind } from "./answer-text.ts";
import { inflateAnswer, planAnswer, type Answer, type Question } from "./plan-answer.ts";
import { answerTokens } from "./sentence-bank.ts";

const plain: Question = {
  prompt: "",
  system: "",
  seed: 1,
  lettersPerToken: 7,
  length: { factor: 1, lettersPerToken: 7 },
  outputTokensMax: null,
  stop: [],
  tools: [],
  toolMode: "auto",
  toolName: null,
  parallelTools: true,
  afterTool: false,
  schema: null,
  anyJson: false,
  reasoningWeight: 0,
};

const textOf = (answer: Answer): string => answer.blocks.map((block) => block.pieces.join("")).join("");
const weather = { name: "get_weather", schema: { type: "object", properties: { city: { type: "string" } } } };
const clock = { name: "get_time", schema: { type: "object", properties: {} } };

describe("form and length follow the task", () => {
  test.each([
    ["Classify the ticket as one of: refund, delivery, other.", "label"],
    ["Summarise the following policy.", "summary"],
    ["Write a TypeScript function that sorts orders.", "code"],
    ["Does clause 7 limit our liability?", "review"],
    ["What is the refund period?", "question"],
    ["Extract the names as JSON.", "extraction"],
    ["Good morning", "chat"],
  ] as const)("%s", (prompt, kind) => {
    expect(guessKind(prompt, "")).toBe(kind);
    if (kind === "extraction" || kind === "code") return;
    const [least, most] = answerTokens[kind];
    for (let seed = 0; seed < 40; seed++) {
      const { outputTokens } = planAnswer({ ...plain, prompt, seed }, 0);
      expect(outputTokens).toBeGreaterThanOrEqual(least);
      // The last sentence is finished.
      expect(outputTokens).toBeLessThanOrEqual(most + 60);
    }
  });

  test("a model that writes longer answers writes the same and more", () => {
    for (let seed = 0; seed < 40; seed++) {
      const question = { ...plain, prompt: "Summarise the following policy.", seed };
      const usual = textOf(planAnswer(question, 0));
      const longer = planAnswer({ ...question, length: { factor: 2, lettersPerToken: 7 } }, 0);
      expect(textOf(longer).startsWith(usual)).toBe(true);
      expect(longer.outputTokens).toBeGreaterThanOrEqual(2 * answerTokens.summary[0]);
    }
  });

  test("a label is one of the list", () => {
    const prompt = "Classify the ticket as one of: refund, delivery delay, other.\n\nWhere is my parcel?";
    const labels = new Set(Array.from({ length: 60 }, (_, seed) => textOf(planAnswer({ ...plain, prompt, seed }, 0))));
    expect([...labels].toSorted()).toEqual(["delivery delay", "other", "refund"]);
  });
});

describe("ends", () => {
  const prompt = "Summarise the following policy.";

  test.each([1, 2, 5, 17, 50])("max tokens %i: exactly so many, finish length", (most) => {
    const answer = planAnswer({ ...plain, prompt, outputTokensMax: most }, 0);
    expect([answer.outputTokens, answer.finish]).toEqual([most, "length"]);
    expect(textOf(planAnswer({ ...plain, prompt }, 0)).startsWith(textOf(answer))).toBe(true);
  });

  test("reasoning counts towards the limit and may eat it all", () => {
    const answer = planAnswer({ ...plain, prompt, reasoningWeight: 2, outputTokensMax: 40 }, 0);
    expect(answer).toMatchObject({ reasoningTokens: 40, outputTokens: 0, finish: "length", blocks: [] });
    expect(planAnswer({ ...plain, prompt, reasoningWeight: 2 }, 0).reasoningTokens % 64).toBe(0);
  });

  test("a stop sequence ends the text before it", () => {
    const whole = textOf(planAnswer({ ...plain, prompt }, 0));
    const stop = whole.slice(30, 34);
    const answer = planAnswer({ ...plain, prompt, stop: ["§§never§§", stop] }, 0);
    expect(textOf(answer)).toBe(whole.slice(0, whole.indexOf(stop)));
    expect([answer.finish, answer.stopSequence]).toEqual(["stop-sequence", stop]);
  });
});

const ask = (over: Partial<Question>): Answer => planAnswer({ ...plain, tools: [weather, clock], ...over }, 0);

const calls = (answer: Answer): string[] =>
  answer.blocks.filter((block) => block.type === "tool-call").map((block) => block.toolName);

describe("tools", () => {
  test("forced, required, hinted, not hinted, switched off", () => {
    expect(calls(ask({ toolMode: "named", toolName: "get_time" }))).toEqual(["get_time"]);
    expect(calls(ask({ toolMode: "required" }))).toHaveLength(1);
    expect(calls(ask({ prompt: "Please get weather for Oslo" }))).toEqual(["get_weather"]);
    expect(calls(ask({ prompt: "Tell me a joke" }))).toEqual([]);
    expect(calls(ask({ toolMode: "none", prompt: "get weather" }))).toEqual([]);
  });

  test("several at once, unless forbidden", () => {
    expect(calls(ask({ prompt: "get weather and get time" }))).toEqual(["get_weather", "get_time"]);
    expect(calls(ask({ prompt: "get weather in Paris and Rome" }))).toEqual(["get_weather", "get_weather"]);
    expect(calls(ask({ prompt: "get weather and get time", parallelTools: false }))).toHaveLength(1);
  });

  test("after a result comes text", () => {
    expect(ask({ prompt: "get weather", afterTool: true }).finish).toBe("stop");
  });

  test("arguments are JSON of the schema", () => {
    const [block] = ask({ toolMode: "named", toolName: "get_weather" }).blocks;
    expect(typeof (JSON.parse(block?.pieces.join("") ?? "") as { city: unknown }).city).toBe("string");
  });
});

test("a schema gives JSON, and a huge answer its mebibytes", () => {
  const schema = { type: "object", properties: { label: { enum: ["x"] } } };
  expect(textOf(planAnswer({ ...plain, schema }, 0))).toBe('{"label":"x"}');
  expect(textOf(inflateAnswer(planAnswer(plain, 0), 2))).toHaveLength(2 * 1_024 * 1_024);
});

test("choices differ, and each is the same every time", () => {
  const prompt = "What is the refund period?";
  const first = planAnswer({ ...plain, prompt }, 0);
  expect(planAnswer({ ...plain, prompt }, 0)).toEqual(first);
  expect(planAnswer({ ...plain, prompt }, 1)).not.toEqual(first);
});
