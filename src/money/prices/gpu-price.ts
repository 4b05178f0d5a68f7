import type { PicoUsd } from "../../spec/money.ts";
import { toBasisPoints, type TokenPrices } from "./compile-tables.ts";
import { basisPointsInAll } from "../decimal.ts";
import type { GpuPrice } from "./price-data.ts";
import { readUsd } from "../read-usd.ts";

const secondsInHour = 3600n;

/**
 * What a token costs on machines of one's own, pico-dollars, rounded up: the price of the hour over the tokens of an hour
 * at the given utilisation. A call that reads so much and writes so much holds the machine for the sum of both times, so
 * input and output have a price each.
 */
export function gpuTokenPrices(gpu: GpuPrice): TokenPrices {
  const all = readUsd(gpu.usdPerHour) * BigInt(gpu.gpus) * basisPointsInAll;
  const used = toBasisPoints(gpu.utilisationPercent) * secondsInHour;
  return {
    input: divideUp(all, used * BigInt(gpu.inputTokensPerSecond)),
    output: divideUp(all, used * BigInt(gpu.outputTokensPerSecond)),
  };
}

function divideUp(amount: PicoUsd, parts: bigint): PicoUsd {
  return (amount + parts - 1n) / parts;
}
