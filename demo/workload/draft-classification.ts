import { reviewCircumstances, reviewInstructions, reviewIntents } from "./data/reviews.ts";
import {
  ticketCircumstances,
  ticketClosings,
  ticketInstructions,
  ticketIntents,
  ticketOpenings,
  type Intent,
} from "./data/tickets.ts";
import { drawFacts } from "./draw-facts.ts";
import { fillTemplate, type Facts } from "./fill-template.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { ClusterDraft, Prompt } from "./workload-row.ts";

/** Most wordings of one cluster: as many as the shortest list of rewordings holds. */
export const wordingsMax = 5;

/** Remarks beside the matter itself: which ones belongs to the cluster, how they are said to the wording. */
const circumstancesPerText = 2;

interface Remarks {
  readonly intents: readonly Intent[];
  readonly circumstances: readonly (readonly string[])[];
}

/** Bodies of one matter in `wordings` different ways: the facts and remarks stay, every sentence is another. */
function wordBodies(remarks: Remarks, facts: Facts, random: SeededRandom, wordings: number): string[] {
  const intent = random.pick(remarks.intents);
  const chosen = random.shuffle(remarks.circumstances).slice(0, circumstancesPerText);
  const variants = [intent.phrasings, ...chosen].map((phrasings) => random.shuffle(phrasings));
  return Array.from({ length: wordings }, (_, index) =>
    variants.map((phrasings) => fillTemplate(phrasings[index % phrasings.length] ?? "", facts)).join(" "),
  );
}

function ticketPrompts(random: SeededRandom, wordings: number): Prompt[] {
  const facts = drawFacts(random);
  const bodies = wordBodies({ intents: ticketIntents, circumstances: ticketCircumstances }, facts, random, wordings);
  return bodies.map((body) => {
    const opening = random.pick(ticketOpenings);
    const closing = fillTemplate(random.pick(ticketClosings), facts);
    return { system: ticketInstructions, user: `${opening}\n\n${body}\n\n${closing}` };
  });
}

function reviewPrompts(random: SeededRandom, wordings: number): Prompt[] {
  const facts = drawFacts(random);
  const remarks = { intents: reviewIntents, circumstances: reviewCircumstances };
  const bodies = wordBodies(remarks, facts, random, wordings);
  return bodies.map((body) => ({ system: reviewInstructions, user: `Review of the ${facts("goods")}:\n\n${body}` }));
}

/** A ticket or review to be labelled, with `wordings - 1` rewordings (at most {@link wordingsMax} in all). */
export function draftClassification(feature: string, random: SeededRandom, wordings: number): ClusterDraft {
  const prompts = feature === "ticket-triage" ? ticketPrompts(random, wordings) : reviewPrompts(random, wordings);
  return { feature, expectedRoute: "cheap", prompts: prompts as [Prompt, ...Prompt[]] };
}
