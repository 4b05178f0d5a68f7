import { FarthingError } from "../../src/kit/farthing-error.ts";
import type { CostState } from "../../src/spec/money.ts";
import type { Usage } from "../../src/spec/usage.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** One question to a price book. */
export interface PriceQuestion {
  readonly model: string;
  readonly tokens: Usage["tokens"];
  /** Beside the tokens; the source is `provider` unless said. */
  readonly more?: Partial<Usage>;
  /** When the call was made; default: noon UTC of 21 November 2026. */
  readonly at?: string;
  readonly state: CostState;
  /** Worked by hand; null: nobody knows. */
  readonly usd: string | null;
}

/** Price documents, and what they must answer or be refused for. */
export interface PriceCase extends MoneyCase {
  /** Later ones over earlier ones; their vendor is `cases`. */
  readonly documents: readonly unknown[];
  readonly ask: readonly PriceQuestion[];
  /** The code of the error with which the documents are refused; then nothing is asked. */
  readonly refused?: string;
  /** Documents that are offered in their place, models called of late, and the kinds of doubt that this must raise. */
  readonly update?: {
    readonly to: readonly unknown[];
    readonly inUse: readonly string[];
    readonly doubts: readonly string[];
  };
}

const askedAt = "2026-11-21T12:00:00Z";

/** Compiles the documents and asks. */
export function priceCase(about: PriceCase): PlayableCase {
  const { ask, refused, update } = about;
  return {
    kind: "price book",
    about,
    expected: refused ?? {
      costs: ask.map(({ state, usd }) => ({ state, picoUsd: usd === null ? null : workedPicoUsd(usd) })),
      doubts: update?.doubts ?? [],
    },
    play: (money) => answers(about, money),
  };
}

function answers({ documents, ask, update }: PriceCase, { priceBook, judgeUpdate }: MoneyUnderTest): unknown {
  try {
    const book = priceBook(documents);
    const costs = ask.map(({ model, tokens, more, at = askedAt }) =>
      book.costOf("cases", model, { source: "provider", tokens, ...more }, Date.parse(at)),
    );
    const doubts = update === undefined ? [] : judgeUpdate(documents, update.to, update.inUse, Date.parse(askedAt));
    return { costs, doubts: [...new Set(doubts.map(({ kind }) => kind))].toSorted() };
  } catch (error) {
    if (error instanceof FarthingError) return error.code;
    throw error;
  }
}
