import { FarthingError } from "../../kit/farthing-error.ts";

/** The error of price data that has the right shape and cannot be right: `config_invalid` with vendor, place and what is wrong. */
export function wrongPrice(vendor: string, where: string, what: string): FarthingError {
  return new FarthingError("config_invalid", `Price data of ${vendor}, ${where}: ${what}.`);
}
