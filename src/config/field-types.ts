import * as z from "zod";
import { dialectNames, type DialectName } from "../spec/request.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseSize } from "./parse-size.ts";
import { suggestName } from "./suggest-name.ts";

/** What is wrong and what to do, as one issue message; `splitWording` takes it apart again. */
export function wording(message: string, fix: string): string {
  return `${message}\n${fix}`;
}

/** The two parts of a message made by `wording`. */
export function splitWording(worded: string): { message: string; fix: string } {
  const [message, fix] = worded.split("\n");
  return { message: message ?? worded, fix: fix ?? "See docs/reference/config.md." };
}

/** A section: unknown keys are errors, whose message is the list of the known ones. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? known : wording("must be a section", `It takes: ${known}.`),
  });
}

/** Free text. Numbers are refused, because YAML would have changed some already. */
export function text(): z.ZodString {
  return z
    .string({ error: wording("must be text", "Put it in quotes.") })
    .min(1, wording("is empty", "Give it a value or leave the key out."));
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A name that is shown in logs, headers and metrics. */
export function name(): z.ZodString {
  const error = wording(
    "is not a name",
    "Use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first.",
  );
  return text().regex(namePattern, error);
}

/** A share from 0 to 1, both included, also as text. */
export function share(): z.ZodType<number, unknown> {
  const error = wording("is not a share", "Write a number from 0 to 1, such as 0.99.");
  return z
    .union([z.number(), z.string()], { error })
    .transform((value) => (typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value)))
    .refine((value) => value >= 0 && value <= 1, { error });
}

/** One text or a list of them. */
export function texts(): z.ZodType<readonly string[], unknown> {
  const error = wording("must be a text or a list of texts", "Write [first, second], none empty, numbers in quotes.");
  const item = z.string({ error }).min(1, error);
  return z
    .union([item, z.array(item, { error }).min(1, error).max(1000, error)], { error })
    .transform((value) => (typeof value === "string" ? [value] : value));
}

/** True or false, also as text, so that a variable of the environment can stand here. */
export function flag(): z.ZodType<boolean, unknown> {
  return z
    .union([z.boolean(), z.enum(["true", "false"])], {
      error: wording("must be true or false", "Write true or false."),
    })
    .transform((value) => value === true || value === "true");
}

/** A whole number within bounds, also as text of digits. */
export function whole(min: number, max: number): z.ZodType<number, unknown> {
  const error = wording("is not a whole number in range", `Write a whole number from ${min} to ${max}.`);
  return z
    .union([z.number(), z.string()], { error })
    .transform((value) => (typeof value === "string" && !/^\d{1,15}$/.test(value) ? Number.NaN : Number(value)))
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, { error });
}

/** A duration with its unit, in milliseconds within bounds. */
export function duration(minMs: number, maxMs: number): z.ZodType<number, unknown> {
  const fix = "Write a number with its unit, such as 250ms, 5s, 10m, 1h or 2d.";
  const outside = wording("is out of range", `The range is ${minMs}ms to ${maxMs}ms.`);
  return z
    .string({ error: wording("is not a duration", fix) })
    .transform((value) => parseDuration(value) ?? Number.NaN)
    .refine((value) => !Number.isNaN(value), { error: wording("is not a duration", fix), abort: true })
    .refine((value) => value >= minMs && value <= maxMs, { error: outside });
}

/** A size with its unit, in bytes within bounds. */
export function size(minBytes: number, maxBytes: number): z.ZodType<number, unknown> {
  const fix = "Write a number with its unit, such as 64KiB, 1MiB or 32MiB.";
  const outside = wording("is out of range", `The range is ${minBytes}B to ${maxBytes}B.`);
  return z
    .string({ error: wording("is not a size", fix) })
    .transform((value) => parseSize(value) ?? Number.NaN)
    .refine((value) => !Number.isNaN(value), { error: wording("is not a size", fix), abort: true })
    .refine((value) => value >= minBytes && value <= maxBytes, { error: outside });
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodType<Words[number], unknown> {
  return z.enum(words, {
    error: (issue) => {
      const near = typeof issue.input === "string" ? suggestName(issue.input, words) : null;
      return wording(
        "is not one of the choices",
        `${near === null ? "" : `Did you mean ${near}? `}Write ${words.slice(0, -1).join(", ")} or ${words.at(-1)}.`,
      );
    },
  });
}

/** A list of dialects, each at most once. */
export function dialects(): z.ZodType<readonly DialectName[], unknown> {
  const error = wording("must be a list of dialects", "Write [openai-chat] or [anthropic-messages].");
  return z
    .array(choice(dialectNames), { error })
    .min(1, error)
    .max(dialectNames.length, error)
    .refine((names) => new Set(names).size === names.length, {
      error: wording("names a dialect twice", "Keep one of them."),
    });
}
