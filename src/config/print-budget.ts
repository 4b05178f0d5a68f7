import type { Budget } from "../spec/budget.ts";
import type { JsonObject } from "../spec/json.ts";
import { formatDuration } from "./parse-duration.ts";
import { printUsd } from "./parse-usd.ts";

/** A budget as a config file says it, every default filled in. */
export function describeBudget(budget: Budget): JsonObject {
  const { name, subject, measure, limit, window, mode, outputQuantile, outputTokensDefault, allowUnpriced } = budget;
  return {
    name,
    subject: { ...subject },
    [measure]: measure === "usd" ? printUsd(limit) : Number(limit),
    ...(window.kind === "calendar"
      ? { window: window.unit, zone: window.zone }
      : { window: `sliding: ${formatDuration(window.lengthMs)}` }),
    mode,
    outputQuantile,
    ...(outputTokensDefault === undefined ? {} : { outputTokensDefault }),
    ...(allowUnpriced === undefined ? {} : { allowUnpriced }),
  };
}
