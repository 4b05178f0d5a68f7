import { cacheTasks, type AddStep } from "./cache-step.ts";
import { cities, firstNames, lastNames } from "./data/names.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Three questions; each in other spellings, which are the same, and with one word or figure changed, which is another. */
export function addSpellings(add: AddStep, random: SeededRandom): void {
  const [amount, year] = [random.integer(20, 90), random.integer(2_019, 2_024)];
  const [city, otherCity] = random.shuffle(cities);
  const [first, otherFirst] = random.shuffle(firstNames);
  const last = random.pick(lastNames);
  const sign = (who: string, where: string, can = "Can"): string =>
    `${can} ${who} ${last} sign for the office in ${where}?`;
  const questions = [
    {
      asked: `${refund(`over ${amount}`)}?`,
      spellings: [`Hello, ${refund(`over ${amount}`).replace("What", "what")}`, `${refund(`over  ${amount}`)} ?`],
      others: [`over ${amount + 1}`, `under ${amount}`, `not over ${amount}`].map((limit) => `${refund(limit)}?`),
    },
    {
      asked: sign(first ?? "", city ?? ""),
      spellings: [`${sign(first ?? "", city ?? "")} Thanks.`, `Hi, ${sign(first ?? "", city ?? "", "can")}`],
      others: [
        sign(otherFirst ?? "", city ?? ""),
        sign(first ?? "", otherCity ?? ""),
        sign(first ?? "", city ?? "", "Can't"),
      ],
    },
    {
      asked: `How do I export the invoices of ${year}?`,
      spellings: [`how do I export the invoices of ${year}`, `Hey, how do I export  the invoices of ${year}?`],
      others: [`How do I export the invoices of ${year + 1}?`, `How do I not export the invoices of ${year}?`],
    },
  ];
  for (const { asked, spellings, others } of questions) {
    const sameAs = add("spelling", cacheTasks.folded, asked);
    for (const other of others) add("near-miss", cacheTasks.folded, other);
    for (const text of spellings) add("spelling", cacheTasks.folded, text, { expects: "reused", sameAs });
  }
}

function refund(limit: string): string {
  return `What is the refund period for orders ${limit} euros`;
}
