import type { Command } from "commander";
import { addConfigFlags } from "../config-flags.ts";
import { readCount, readUsdFlag } from "../price-flags.ts";
import type { Terminal } from "../terminal.ts";
import type { BreakEvenFlags } from "./self-host-break-even.ts";

/** `farthing self-host break-even`: an API, a hosted open model and machines of one's own, side by side. */
export function addSelfHostCommand(program: Command, terminal: Terminal): void {
  const group = program.command("self-host").description("whether machines of your own would pay");
  addConfigFlags(group.command("break-even"))
    .description("compare an API, a hosted open model and own GPUs: a month of each, the break-even, its sensitivity")
    .requiredOption("--input <tokens>", "tokens in: of one request, or of a day without --requests-per-day", readCount)
    .requiredOption("--output <tokens>", "tokens out, likewise", readCount)
    .option("--requests-per-day <count>", "requests a day", readCount)
    .option("--gpu-usd-per-hour <usd>", "price of one GPU an hour", readUsdFlag)
    .option("--gpu-usd-per-month <usd>", "or a month of 30 days", readUsdFlag)
    .option("--gpus <count>", "GPUs that serve together, the smallest set to buy", readCount, 1)
    .requiredOption("--input-tokens-per-second <count>", "tokens that a set reads, busy with nothing else", readCount)
    .requiredOption("--output-tokens-per-second <count>", "tokens that a set writes, busy with nothing else", readCount)
    .option("--utilisation <percent>", "part of the paid time that can be used: load comes in waves", "40")
    .option("--people-hours <hours>", "hours of people a month", readCount, 0)
    .option("--people-usd-per-hour <usd>", "what such an hour costs", readUsdFlag, 0n)
    .option("--api <model>", "model of the API, or vendor/model", "gpt-4o")
    .option(
      "--hosted <model>",
      "an open model that somebody hosts, or vendor/model; default: the cheapest known gpt-oss-120b",
    )
    .option("--constraint <text...>", "what decides beside money: privacy, latency, ...")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action(async (flags: BreakEvenFlags) => (await import("./self-host-break-even.ts")).compareWays(flags, terminal));
}
