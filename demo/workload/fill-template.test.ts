import { expect, test } from "vitest";
import { articleKinds } from "./data/articles.ts";
import { complianceRules, contractClauses, customerFileEntries } from "./data/contracts.ts";
import { incidentActions, incidentEntries } from "./data/incidents.ts";
import { codeWishes, summaryWishes } from "./data/instructions.ts";
import { meetingTopics, meetingTransitions } from "./data/meetings.ts";
import { reviewCircumstances, reviewIntents } from "./data/reviews.ts";
import { ticketCircumstances, ticketClosings, ticketIntents } from "./data/tickets.ts";
import { wordingsMax } from "./draft-classification.ts";
import { drawAnew, drawFacts } from "./draw-facts.ts";
import { fillTemplate } from "./fill-template.ts";
import { createSeededRandom } from "./seeded-random.ts";

const slotsOf = (template: string): string[] => [...template.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "");

test("every slot of every template has facts", () => {
  const templates = [
    ...[...ticketIntents, ...reviewIntents].flatMap((intent) => intent.phrasings),
    ...[...ticketCircumstances, ...reviewCircumstances].flat(),
    ...ticketClosings,
    ...articleKinds.flatMap((kind) => [kind.title, kind.body, ...kind.questions.flat()]),
    ...contractClauses.map((clause) => clause.text),
    ...complianceRules,
    ...customerFileEntries,
    ...incidentActions,
    ...incidentEntries,
    ...meetingTopics.flatMap((topic) => topic.turns),
    ...meetingTransitions,
  ];
  const facts = drawFacts(createSeededRandom(1, "templates"));
  for (const template of templates) expect(fillTemplate(template, facts)).not.toContain("{{");
  expect(() => fillTemplate("{{nothing}}", facts)).toThrow("no fact for the slot nothing");
});

test("rewordings of one thing tell the same facts, and there are enough of them", () => {
  const lists = [
    ...[...ticketIntents, ...reviewIntents].map((intent) => intent.phrasings),
    ...ticketCircumstances,
    ...reviewCircumstances,
    ...articleKinds.flatMap((kind) => kind.questions),
    ...summaryWishes,
    ...codeWishes,
  ];
  for (const [first = "", ...others] of lists) {
    expect(others.length + 1).toBe(wordingsMax);
    for (const other of others) expect(new Set(slotsOf(other))).toEqual(new Set(slotsOf(first)));
    expect(new Set([first, ...others]).size).toBe(wordingsMax);
  }
});

test("facts stay the same within a text; drawn anew, only the kept ones do", () => {
  const random = createSeededRandom(1, "facts");
  const facts = drawFacts(random);
  expect(fillTemplate("{{order}} {{order}}", facts)).toMatch(/^(LK-\d{7}) \1$/);
  const anew = drawAnew(random, facts, ["firm"]);
  expect(new Set(Array.from({ length: 20 }, () => anew("order"))).size).toBeGreaterThan(15);
  expect(new Set(Array.from({ length: 20 }, () => anew("firm")))).toEqual(new Set([facts("firm")]));
});
