import * as z from "zod";
import { subjectNames } from "../spec/budget.ts";
import { calendarUnits } from "../spec/calendar.ts";
import { choice, flag, name, section, share, text, whole, wording } from "./field-types.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseUsd } from "./parse-usd.ts";

const dayMs = 86_400_000;
const slidingMinMs = 60_000;
const slidingMaxMs = 92 * dayMs;
/** Requests and tokens stay whole numbers in JSON. */
const countMax = 9_007_199_254_740_991;

const subjectTexts = Object.fromEntries(
  subjectNames.map((subject) => [
    subject,
    text()
      .max(128, wording("is longer than 128 characters", "Names are cut nowhere, so write the whole one."))
      .optional()
      .describe(subjectMeanings(subject)),
  ]),
) as Record<(typeof subjectNames)[number], z.ZodOptional<z.ZodString>>;

function subjectMeanings(subject: (typeof subjectNames)[number]): string {
  if (subject === "key") return "Id of a local key, or * for each key by itself.";
  if (subject === "org" || subject === "project") return `The ${subject} of the caller's local key, or * for each.`;
  if (subject === "model") return "The model that is called, or * for each.";
  return `The ${subject} that the caller names, or its key pins; * for each.`;
}

const amount = (): z.ZodType<bigint, unknown> => {
  const error = wording("is not an amount in USD", 'Write a plain decimal, such as "500.00".');
  return z
    .union([z.string(), z.number()], { error })
    .transform((value) => parseUsd(String(value)) ?? -1n)
    .refine((value) => value >= 0n, { error });
};

/** As read from a file: `month`, `sliding: 24h`, `{ sliding: 24h }`. */
export type WindowDocument = { readonly unit: (typeof calendarUnits)[number] } | { readonly slidingMs: number };

const windowError = wording("is not a window", `Write ${calendarUnits.join(", ")}, or "sliding: 24h" with 1m to 92d.`);

const window = (): z.ZodType<WindowDocument, unknown> =>
  z.union([z.string(), z.strictObject({ sliding: z.string() })], { error: windowError }).transform((value, context) => {
    const written = typeof value === "string" ? value : `sliding: ${value.sliding}`;
    const unit = calendarUnits.find((candidate) => candidate === written);
    if (unit !== undefined) return { unit };
    const duration = /^sliding:? +(\S+)$/.exec(written)?.[1];
    const slidingMs = duration === undefined ? null : parseDuration(duration);
    if (slidingMs !== null && slidingMs >= slidingMinMs && slidingMs <= slidingMaxMs) return { slidingMs };
    context.addIssue({ code: "custom", message: windowError });
    return z.NEVER;
  });

/** One budget as a file has it. What its fields say together is checked by `resolveBudgets`. */
export const budget: z.ZodType<BudgetDocument, unknown> = section({
  name: name().describe("Unique; shown in refusals, reports and metrics."),
  subject: section(subjectTexts).prefault({}).describe("Whose spending counts; everything given must hold."),
  usd: amount().optional().describe("Limit in USD, a decimal in quotes; exactly one of usd, requests and tokens."),
  requests: whole(0, countMax).optional().describe("Limit in requests."),
  tokens: whole(0, countMax).optional().describe("Limit in tokens of all classes."),
  window: window().describe("The time that the limit holds for: minute, hour, day, week, month, or sliding: 24h."),
  zone: text().optional().describe("Time zone of the window, such as Europe/Berlin; default: zone."),
  mode: choice(["hard", "soft"]).prefault("hard").describe("hard: refuses without room; soft: serves and alarms."),
  outputQuantile: share()
    .prefault(0.99)
    .describe("Share of a model's answers that is reserved for where no limit is set; 1: the caller's limit in full."),
  outputTokensDefault: whole(0, 10_000_000)
    .optional()
    .describe("Output tokens reserved while too little was seen of a model; default 4096."),
  allowUnpriced: flag().optional().describe("Let models without a price through a hard budget in USD, uncounted."),
});

/** A budget as parsed. */
export interface BudgetDocument {
  readonly name: string;
  readonly subject: { readonly [Name in (typeof subjectNames)[number]]?: string | undefined };
  readonly usd?: bigint | undefined;
  readonly requests?: number | undefined;
  readonly tokens?: number | undefined;
  readonly window: WindowDocument;
  readonly zone?: string | undefined;
  readonly mode: "hard" | "soft";
  readonly outputQuantile: number;
  readonly outputTokensDefault?: number | undefined;
  readonly allowUnpriced?: boolean | undefined;
}

/** Budgets of one file, at most. */
const budgetsMax = 1000;

/** The list `budgets:`. */
export const budgetList: z.ZodType<readonly BudgetDocument[], unknown> = z
  .array(budget, { error: wording("must be a list of budgets", "Write - name: ..., usd: ..., window: ... for each.") })
  .max(budgetsMax, wording(`has more than ${budgetsMax} entries`, 'Use "*" to give each user or team an account.'));
