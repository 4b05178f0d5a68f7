import type { PicoUsd } from "../../spec/money.ts";
import { formatUsd } from "../format-usd.ts";
import { readUsd } from "../read-usd.ts";
import { daysInMonth } from "./machines.ts";

/** A rule of thumb of when machines of one's own pay, and what API bill its own inputs come to. */
export interface PublishedRule {
  /** As it is told. */
  readonly rule: string;
  /** The monthly API bill above which it sends people to own machines: a range, or one amount twice. */
  readonly fromPicoUsd: PicoUsd;
  readonly toPicoUsd: PicoUsd;
  /** How that follows. */
  readonly because: string;
}

const millions = (count: bigint, usdPerMillion: string): PicoUsd => count * readUsd(usdPerMillion);
const gpt4oOutput = "10";
/** Of tokens that are two thirds input at $2.50 a million and one third output at $10. */
const gpt4oMixed = "5";

/**
 * The three rules that are told most, with what follows from the figures they name themselves: GPT-4o at 2.50/10 USD a million
 * tokens, one A100 at 2 to 3 USD an hour, months of 30 days. They do not agree with each other.
 */
export const publishedRules: readonly PublishedRule[] = [
  {
    rule: "above $5,000 to $10,000 a month",
    fromPicoUsd: readUsd("5000"),
    toPicoUsd: readUsd("10000"),
    because: "as it says; it names neither machines nor people",
  },
  {
    rule: "about 5 M output tokens a day against GPT-4o on one A100 at $2 to $3 an hour",
    fromPicoUsd: millions(5n * daysInMonth, gpt4oOutput),
    toPicoUsd: millions(5n * daysInMonth, gpt4oOutput),
    because: `150 M tokens at $${gpt4oOutput} a million; the A100 is ${rangeOfA100()} a month by itself`,
  },
  {
    rule: "above 100 M tokens a month",
    fromPicoUsd: millions(100n, gpt4oMixed),
    toPicoUsd: millions(100n, gpt4oMixed),
    because: `100 M tokens at $${gpt4oMixed} a million, one third of them output; a third of what one A100 costs`,
  },
];

function rangeOfA100(): string {
  return `${monthAt("2")} to ${monthAt("3")}`;
}

function monthAt(usdPerHour: string): string {
  return formatUsd(daysInMonth * 24n * readUsd(usdPerHour), { digits: 0 });
}
