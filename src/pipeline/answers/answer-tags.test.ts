import { expect, test } from "vitest";
import { createStageContext, stageCaller } from "../../testing/stage-context.ts";
import { answerTagsMax, answerTagsOf, promptTags } from "./answer-tags.ts";

const source = { endpointId: "openai", model: "gpt-4o-mini", servedModel: "gpt-4o-mini-2024-07-18" };

test("an answer can be forgotten by all that it was made of", () => {
  const claims = { tags: ["web", "beta"], prompt: "summarise@3", user: "ada", task: "x", session: "s" };
  const context = createStageContext({ changes: { caller: stageCaller({ claims }), documents: ["4711", "a b"] } });
  expect(answerTagsOf(context, source)?.toSorted()).toEqual(
    [
      "model:openai/gpt-4o-mini",
      "served:openai/gpt-4o-mini/gpt-4o-mini-2024-07-18",
      "route:default",
      "prompt:summarise",
      "prompt:summarise@3",
      // The digest of these tests is the text itself.
      "user:user:ada",
      "document:4711",
      "document:a b",
      "tag:web",
      "tag:beta",
    ].toSorted(),
  );
});

test("nothing more is claimed of a request that says nothing, or of a provider that does not tell its snapshot", () => {
  expect(answerTagsOf(createStageContext(), { ...source, servedModel: null })).toEqual([
    "model:openai/gpt-4o-mini",
    "route:default",
  ]);
});

test.each([
  ["summarise", ["prompt:summarise"]],
  ["summarise@3", ["prompt:summarise", "prompt:summarise@3"]],
  ["me@home@3", ["prompt:me@home", "prompt:me@home@3"]],
  ["@3", ["prompt:@3"]],
])("a prompt named %s: %j", (prompt, tags) => {
  expect(promptTags(prompt)).toEqual(tags);
});

test("what could not be forgotten by everything is not stored at all", () => {
  const documents = Array.from({ length: answerTagsMax - 3 }, (_, index) => `d${index}`);
  expect(answerTagsOf(createStageContext({ changes: { documents } }), source)).toHaveLength(answerTagsMax);
  const one = { changes: { documents: [...documents, "one more"] } };
  expect(answerTagsOf(createStageContext(one), source)).toBeNull();
});
