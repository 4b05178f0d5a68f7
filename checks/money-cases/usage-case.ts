import { noQuirks } from "../../src/spec/quirks.ts";
import type { JsonObject } from "../../src/spec/json.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { Usage } from "../../src/spec/usage.ts";
import { vendorById } from "../../src/providers/vendor-catalogue.ts";
import { casePriceDocument } from "./case-prices.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** What a provider said, and what it must be read as. */
export interface UsageCase extends MoneyCase {
  readonly dialect: DialectName;
  /** A vendor whose ways of counting hold, as in the catalogue; absent: the dialect as it is written down. */
  readonly vendor?: string;
  /** A whole reply, or the events of a stream in order. */
  readonly reply: JsonObject | readonly JsonObject[];
  /** Tokens by class without the zeros, or `unknown` where the reply is not to be believed. */
  readonly tokens: Usage["tokens"] | "unknown";
  readonly serviceTier?: string;
  readonly serverToolCalls?: Usage["serverToolCalls"];
  /** The cost worked by hand at the prices of the cases; null: nobody knows it. */
  readonly usd: string | null;
}

/** Reads the reply and prices it at the prices of the cases. */
export function usageCase(about: UsageCase): PlayableCase {
  const { tokens, serviceTier, serverToolCalls, usd } = about;
  return {
    kind: "usage",
    about,
    expected: {
      ...(tokens === "unknown" ? { source: "unknown", tokens: {} } : { source: "provider", tokens }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...(serverToolCalls === undefined ? {} : { serverToolCalls }),
      cost: usd === null ? { state: "unpriced", picoUsd: null } : { state: "priced", picoUsd: workedPicoUsd(usd) },
    },
    play: (money) => readAndPrice(about, money),
  };
}

function readAndPrice(about: UsageCase, { dialects, priceBook }: MoneyUnderTest): unknown {
  const quirks = about.vendor === undefined ? noQuirks : vendorById(about.vendor)?.quirks;
  if (quirks === undefined) throw new Error(`${about.name}: no vendor ${about.vendor}`);
  const dialect = dialects[about.dialect];
  let usage: Usage;
  if (Array.isArray(about.reply)) {
    const observer = dialect.observeStream(true, quirks);
    const bytes = eventStream(about.dialect, about.reply as readonly JsonObject[]);
    // In pieces that end anywhere, as they come from a network.
    for (let at = 0; at < bytes.length; at += 23) observer.push(bytes.subarray(at, at + 23));
    usage = observer.facts().usage;
  } else {
    usage = dialect.readReply(new TextEncoder().encode(JSON.stringify(about.reply)), quirks).usage;
  }
  const cost = priceBook([casePriceDocument("cases")]).costOf("cases", "large", usage, 0);
  return { ...usage, tokens: withoutZeros(usage.tokens), cost };
}

/** A count of zero and no count are the same money. */
function withoutZeros(tokens: Usage["tokens"]): Usage["tokens"] {
  return Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== 0));
}

/** Events as the dialect's providers write them. */
export function eventStream(dialect: DialectName, events: readonly JsonObject[]): Uint8Array {
  const blocks = events.map((event) => {
    const name =
      dialect === "anthropic-messages" || dialect === "openai-responses" ? `event: ${event["type"] as string}\n` : "";
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  const done = dialect === "openai-chat" || dialect === "openai-completions" ? "data: [DONE]\n\n" : "";
  return new TextEncoder().encode(blocks.join("") + done);
}
