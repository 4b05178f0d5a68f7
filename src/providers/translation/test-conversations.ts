import * as fc from "fast-check";
import type {
  Conversation,
  OutputFormat,
  Part,
  ReasoningWish,
  Settings,
  TextPart,
  ToolSpec,
  Turn,
} from "../../spec/conversation.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { Concept, Says } from "./concepts.ts";
import {
  word,
  jsonObject,
  cacheMark,
  record,
  maybe,
  textPart,
  userParts,
  orNull,
  toolResult,
  assistantParts,
  textArbitrary,
  type Shape,
} from "./test-parts.ts";

/** A question, the answer, and the results of the tools it called. */
function exchange(says: Says, shape: Shape): fc.Arbitrary<Turn[]> {
  const name = maybe(says, "speaker-name", record({ name: word }));
  const results = fc.array(toolResult(says, shape), { minLength: 2, maxLength: 2 });
  const instruction: fc.Arbitrary<TextPart | null> =
    says["system-turn"] === undefined ? fc.constant(null) : fc.option(textPart(says, false), { freq: 4 });
  return fc
    .tuple(
      userParts(says, shape),
      name,
      assistantParts(says, shape, 2),
      name,
      results,
      instruction,
      textPart(says, true),
    )
    .map(([asked, asker, said, speaker, told, instructed, after]): Turn[] => {
      const turns: Turn[] = [{ role: "user", parts: asked, ...asker }];
      if (instructed !== null) turns.push({ role: "system", parts: [instructed] });
      turns.push({ role: "assistant", parts: said, ...speaker });
      const calls = said.filter((part) => part.type === "tool-call");
      if (calls.length === 0) return turns;
      const parts = calls.flatMap(({ id }, index): Part[] => {
        const result = told[index];
        return result === undefined ? [] : [{ ...result, callId: id }];
      });
      return [...turns, { role: "user", parts }, { role: "assistant", parts: [after] }];
    });
}

function toolSpecs(says: Says, shape: Shape): fc.Arbitrary<ToolSpec[]> {
  if (says["tools"] === undefined) return fc.constant([]);
  const schema = jsonObject.map((members): JsonObject => ({ type: "object", properties: {}, ...members }));
  const tool = fc
    .tuple(
      word,
      fc.option(textArbitrary),
      shape.toolsHaveSchemas === true ? schema : fc.option(schema),
      says["tool-strict"] === undefined ? fc.constant(null) : fc.option(fc.boolean()),
      maybe(says, "cache-mark", cacheMark),
    )
    .map(([name, description, parameters, strict, cache]): ToolSpec => {
      return { name, description, parameters, strict, ...cache };
    });
  return fc.uniqueArray(tool, { maxLength: 2, selector: ({ name }) => name });
}

function outputFormat(says: Says): fc.Arbitrary<OutputFormat> | null {
  const kinds: fc.Arbitrary<OutputFormat>[] = [];
  if (says["format-json"] !== undefined) kinds.push(fc.constant({ kind: "json" }));
  if (says["format-schema"] !== undefined) {
    const named = says["format-schema-name"] !== undefined;
    kinds.push(
      record({
        kind: fc.constant("json-schema" as const),
        name: named ? word : fc.constant(null),
        description: orNull(named, false, textArbitrary),
        schema: jsonObject,
        strict: orNull(named, false, fc.boolean()),
      }),
    );
  }
  return kinds.length === 0 ? null : fc.oneof(...kinds);
}

function reasoningWish(says: Says, shape: Shape): fc.Arbitrary<ReasoningWish> | null {
  const wished = <T>(concept: Concept, value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
    orNull(says[concept] !== undefined, false, value);
  const wish = record({
    effort: wished("reasoning-effort", fc.constantFrom(...(shape.efforts ?? ["low", "medium", "high"]))),
    budgetTokens: wished("reasoning-budget", fc.integer({ min: 1024, max: 30_000 })),
    show: wished("reasoning-show", fc.boolean()),
  });
  const concepts: readonly Concept[] = ["reasoning-effort", "reasoning-budget", "reasoning-show"];
  if (concepts.every((concept) => says[concept] === undefined)) return null;
  return wish.filter(({ effort, budgetTokens, show }) => effort !== null || budgetTokens !== null || show !== null);
}

function tenths(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10);
}

/** Settings that the dialect can say, some absent. Those about tools are there only with tools. */
export function settingsArbitrary(
  says: Says,
  shape: Shape = {},
  tools: readonly ToolSpec[] = [],
): fc.Arbitrary<Settings> {
  const kinds = fc.constantFrom("auto" as const, "none" as const, "any" as const);
  const first = tools[0];
  const toolChoice =
    first === undefined
      ? null
      : fc.oneof(
          kinds.map((kind) => ({ kind })),
          fc.constant({ kind: "tool" as const, name: first.name }),
        );
  const members: { readonly [name in keyof Settings]-?: readonly [Concept, fc.Arbitrary<unknown> | null] } = {
    outputTokensMax: ["output-tokens-max", fc.integer({ min: 1, max: 100_000 })],
    temperature: ["temperature", tenths(0, 1)],
    topP: ["top-p", tenths(0, 1)],
    topK: ["top-k", fc.integer({ min: 1, max: 500 })],
    stop: ["stop", fc.uniqueArray(textArbitrary, { minLength: 1, maxLength: 4 })],
    seed: ["seed", fc.integer()],
    frequencyPenalty: ["frequency-penalty", tenths(-2, 2)],
    presencePenalty: ["presence-penalty", tenths(-2, 2)],
    toolChoice: ["tool-choice", toolChoice],
    parallelToolCalls: ["parallel-tool-calls", first === undefined ? null : fc.boolean()],
    format: ["text", outputFormat(says)],
    reasoning: ["text", reasoningWish(says, shape)],
    verbosity: ["verbosity", fc.constantFrom("low", "medium", "high")],
    user: ["user", word],
    metadata: ["metadata", fc.dictionary(word, textArbitrary, { minKeys: 1, maxKeys: 2, noNullPrototype: true })],
    serviceTier: ["service-tier", fc.constantFrom(...(shape.serviceTiers ?? ["auto"]))],
  };
  const sayable: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, [concept, value]] of Object.entries(members)) {
    if (value !== null && says[concept] !== undefined) sayable[name] = value;
  }
  const requiredKeys = (shape.always ?? []).filter((name) => name in sayable);
  return fc.record(sayable, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Settings>;
}

/** Conversations within what a dialect says. */
export function conversationArbitrary(says: Says, shape: Shape = {}): fc.Arbitrary<Conversation> {
  const system = says["system"] === undefined ? fc.constant([]) : fc.array(textPart(says, false), { maxLength: 2 });
  const turns = fc
    .tuple(fc.array(exchange(says, shape), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([exchanges, endsWithQuestion]): Turn[] => {
      const all = exchanges.flat();
      return endsWithQuestion ? all.slice(0, 1 + all.findLastIndex(({ role }) => role === "user")) : all;
    });
  return toolSpecs(says, shape).chain((tools) =>
    record({
      model: word,
      stream: fc.boolean(),
      system,
      turns,
      tools: fc.constant(tools),
      settings: settingsArbitrary(says, shape, tools),
    }),
  );
}
