import type { PicoUsd } from "../spec/money.ts";
import { usdToPico } from "./decimal.ts";

/**
 * An amount in USD that a check has already seen to be one.
 * @throws RangeError for anything else.
 */
export function readUsd(usd: string): PicoUsd {
  const picoUsd = usdToPico(usd);
  if (picoUsd === null) throw new RangeError(`${usd} is not a plain decimal of USD`);
  return picoUsd;
}
