import type { Random } from "../../src/spec/clock.ts";
import { createPopularity, drawOne, itemAt } from "./draw-popular.ts";
import type { AskedRequest, TrafficLevel } from "./traffic-level.ts";
import { aspects, forms, moods, people, subjects } from "./word-stock.ts";

/** Texts to order: few ask for the same one; some press the button again, and some try what the page proposes. */
const creative: TrafficLevel = {
  name: "creative",
  model: "gpt-4o",
  contentClass: "unlabelled",
  stepMs: 4_000,
  turnsOff: true,
  start: (random) => {
    const proposed = createPopularity(40, 0.8);
    let last: AskedRequest | null = null;
    return () => {
      if (last !== null && random() < 0.04) return last;
      const place = proposed(random);
      const text =
        random() < 0.04
          ? `Write a ${itemAt(forms, place)} about ${itemAt(subjects, Math.floor(place / 8))}.`
          : `Write a ${drawOne(moods, random)} ${drawOne(forms, random)} for ${drawOne(people, random)} and ` +
            `${drawOne(people, random)} about ${drawOne(subjects, random)}, with the number ${Math.floor(random() * 9_000)}.`;
      last = { system: "You write to order.", text, answerTokens: 250 + Math.floor(random() * 400) };
      return last;
    };
  },
};

/** Long questions over papers picked for them, each with turns that carry all that was said before; a client that timed out asks again. */
const research: TrafficLevel = {
  name: "research",
  model: "gpt-4.1",
  contentClass: "unlabelled",
  stepMs: 10_000,
  turnsOff: true,
  start: (random) => {
    let history = "";
    let turns = 0;
    let last: AskedRequest | null = null;
    return () => {
      if (last !== null && random() < 0.02) return last;
      if (turns === 0) [history, turns] = [papers(random), 1 + Math.floor(random() * 5)];
      turns -= 1;
      history += `\nQuestion: what do these say on the ${drawOne(aspects, random)} of ${drawOne(subjects, random)}?`;
      last = { system: "Answer from the papers; name the page.", text: history, answerTokens: 500 };
      history += `\nAnswer: see page ${1 + Math.floor(random() * 400)}.`;
      return last;
    };
  },
};

/** Excerpts of six papers out of very many. */
function papers(random: Random): string {
  const paper = (): string => {
    const [number, about] = [Math.floor(random() * 1_000_000), drawOne(subjects, random)];
    return `[paper ${number}] ${`On ${about}, the ${drawOne(aspects, random)} is given on page ${number % 400}. `.repeat(8)}`;
  };
  return Array.from({ length: 6 }, paper).join("\n");
}

/** Levels whose traffic hardly repeats: here the cache has to stop by itself. */
export const variedLevels: readonly TrafficLevel[] = [creative, research];
