import type { Random } from "../../src/spec/clock.ts";

const words =
  "order parcel refund invoice supplier warehouse customer delivery contract manager region quarter meeting schedule report figure margin budget product season service partner address account payment harbour railway bridge garden window station letter answer summer winter morning evening the a of and with for from under after before between without about until because while every another several".split(
    " ",
  );

const askings = [
  "Summarise what the note says in plain words.",
  "What does the note say, and what follows from it?",
  "How should the team answer this note?",
  "Tell me more about it in a friendly tone.",
];

/** A note of about so many words and a question about it. `mark` makes it different from every other from its first word on. */
export function writeText(mark: string, wordCount: number, random: Random): string {
  const sentences: string[] = [`Note ${mark} of ${Math.floor(random() * 1e9)}.`];
  for (let written = 0; written < wordCount;) {
    const length = 6 + Math.floor(random() * 12);
    const sentence = Array.from({ length }, () => words[Math.floor(random() * words.length)]);
    sentences.push(`${sentence.join(" ")}.`);
    written += length;
  }
  sentences.push(askings[Math.floor(random() * askings.length)] ?? "");
  return sentences.join(" ");
}
