import * as z from "zod";
import { type AlertRuleName, alertRuleNames } from "../spec/alert.ts";
import { choice, duration, flag, section, text, wording } from "./field-types.ts";
import { parseUsd } from "./parse-usd.ts";

/** The section `alerts:` as parsed. Amounts are pico-dollars, durations milliseconds. */
export interface AlertDocument {
  readonly log: boolean;
  readonly webhook?: { readonly url: string; readonly secret: string } | undefined;
  readonly renotify: number;
  readonly dailySpendFloorUsd: bigint;
  readonly userDailyUsd?: bigint | undefined;
  readonly off: readonly AlertRuleName[];
}

const amount = (): z.ZodType<bigint, unknown> => {
  const error = wording("is not an amount in USD", 'Write a plain decimal, such as "5.00".');
  return z
    .union([z.string(), z.number()], { error })
    .transform((value) => parseUsd(String(value)) ?? -1n)
    .refine((value) => value >= 0n, { error });
};

/** The section `alerts:`. */
export const alertSection: z.ZodType<AlertDocument, unknown> = section({
  log: flag().prefault(true).describe("A line in the log for each message."),
  webhook: section({
    url: text().describe("Where messages are posted: https, or http on this machine. Redirects are not followed."),
    secret: text().describe("What messages are signed with, at least 16 characters, as ${VARIABLE} or file:/path."),
  })
    .optional()
    .describe("Signed messages to a receiver of your own; absent: none."),
  renotify: duration(300_000, 30 * 86_400_000)
    .prefault("4h")
    .describe("An alert that goes on is told again after so long."),
  dailySpendFloorUsd: amount()
    .prefault("5")
    .describe("daily-spend speaks when today exceeds its mean by at least so much, a decimal in quotes."),
  userDailyUsd: amount()
    .optional()
    .describe("user-spend speaks when a user costs more than this in a day; absent: off."),
  off: z
    .array(choice(alertRuleNames), {
      error: wording("must be a list of rules", `Write some of ${alertRuleNames.join(", ")}.`),
    })
    .max(alertRuleNames.length)
    .prefault([])
    .describe("Rules that are not looked at."),
});
