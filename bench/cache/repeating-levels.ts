import type { Random } from "../../src/spec/clock.ts";
import { createPopularity, drawOne, itemAt } from "./draw-popular.ts";
import type { AskedRequest, TrafficLevel } from "./traffic-level.ts";
import { aspects, events, openings, products, subjects, topics } from "./word-stock.ts";
import { writeCasually } from "./write-casually.ts";

/** A help page: 160 questions, each in four wordings, of which the first is what most people write. */
const faq: TrafficLevel = {
  name: "faq",
  model: "gpt-4o-mini",
  contentClass: "static",
  stepMs: 2_000,
  turnsOff: false,
  start: (random) => {
    const popular = createPopularity(topics.length * openings.length, 1.05);
    const wordings = ["", " for my account", " as a new customer", " if I live abroad"] as const;
    return () => {
      const place = popular(random);
      const question = `${itemAt(openings, Math.floor(place / topics.length))} ${itemAt(topics, place)}`;
      const text = `${question}${random() < 0.6 ? "" : drawOne(wordings, random)}?`;
      return asked("You answer questions about our shop from its help page.", text, 60 + (place % 80), random);
    };
  },
};

/** A help desk: product, fault and occasion by their popularity; every fifth letter names an order and is like no other. */
const support: TrafficLevel = {
  name: "support",
  model: "gpt-4.1-mini",
  contentClass: "corpus",
  stepMs: 3_000,
  turnsOff: false,
  start: (random) => {
    const [product, fault, occasion] = [
      createPopularity(products.length, 1),
      createPopularity(20, 1.2),
      createPopularity(events.length, 1),
    ];
    return () => {
      const what = itemAt(products, product(random));
      const code = 100 + fault(random) * 7;
      const order = random() < 0.2 ? ` My order is ${100_000 + Math.floor(random() * 900_000)}.` : "";
      const text = `My ${what} shows error ${code} after ${itemAt(events, occasion(random))}.${order} What should I do?`;
      return asked(supportRules, text, 120 + (code % 90), random);
    };
  },
};
const supportRules = `You are the help desk of a maker of home devices. ${"Keep to the manual; never promise a repair. ".repeat(12)}`;

/** Answers over a search engine: a long tail of queries, and every hour other ones are the most popular. */
const search: TrafficLevel = {
  name: "search",
  model: "gpt-4o-mini",
  contentClass: "corpus",
  stepMs: 1_500,
  turnsOff: false,
  start: (random) => {
    const queries = 5_000;
    const popular = createPopularity(queries, 0.9);
    let served = 0;
    return () => {
      const hour = Math.floor((served++ * 1_500) / 3_600_000);
      const place = (popular(random) + hour * 300) % queries;
      const text = `${itemAt(subjects, place)} ${itemAt(aspects, Math.floor(place / 16))} ${1_900 + Math.floor(place / 160)}`;
      return asked("Answer the query in three sentences from the results given.", text, 90, random);
    };
  },
};

/** A software team: reviews of every file of the package that a commit touches, and completions in the editor, which are all new. */
const code: TrafficLevel = {
  name: "code",
  model: "gpt-4.1",
  contentClass: "unlabelled",
  stepMs: 2_000,
  turnsOff: false,
  start: (random) => {
    const [packages, filesEach] = [12, 10];
    const versions = Array.from({ length: packages * filesEach }, () => 0);
    let waiting: AskedRequest[] = [];
    let typed = 0;
    return () => {
      if (random() < 0.4) return plain("Complete the code.", codeFile(9_000 + (typed += 1), 0, 20), 40);
      if (waiting.length === 0) waiting = reviewsOf(Math.floor(random() * packages) * filesEach, filesEach);
      return waiting.pop() as AskedRequest;
    };

    /** A commit changes one to three files; all of the package are reviewed again. */
    function reviewsOf(first: number, count: number): AskedRequest[] {
      for (let change = 0; change < 3; change += 1) {
        const file = first + Math.floor(random() * count);
        if (change === 0 || random() < 0.5) versions[file] = (versions[file] ?? 0) + 1;
      }
      return Array.from({ length: count }, (_, at) =>
        plain("Review this file; name defects only.", codeFile(first + at, versions[first + at] ?? 0, 120), 300),
      );
    }
  },
};

function codeFile(file: number, version: number, lines: number): string {
  const line = (at: number): string => `  total += read(rows[${at}], ${(file * 31 + at * 7) % 97});`;
  const body = Array.from({ length: lines }, (_, at) => line(at)).join("\n");
  return `export function step${file}(rows: Row[]): number {\n  let total = ${version};\n${body}\n  return total;\n}`;
}

function plain(system: string, text: string, answerTokens: number): AskedRequest {
  return { system, text, answerTokens };
}

/** Every fourth is written in a hurry. */
function asked(system: string, text: string, answerTokens: number, random: Random): AskedRequest {
  return { system, text: random() < 0.25 ? writeCasually(text, random) : text, answerTokens };
}

/** Levels whose traffic repeats enough to pay for looking. */
export const repeatingLevels: readonly TrafficLevel[] = [faq, support, search, code];
