import { message, type WorkedLine } from "./worked-line.ts";

/** Lines of Anthropic. */
export const anthropicLines: readonly WorkedLine[] = [
  message("claude-3-haiku", { fresh: 1000, out: 500 }, "1000*0.25/1e6 + 500*1.25/1e6"),
  message(
    "claude-3-haiku",
    { fresh: 10, read: 66_360, write5m: 32_435, out: 5120 },
    "10*0.25/1e6 + 66360*0.03/1e6 + 32435*0.30/1e6 + 5120*1.25/1e6",
  ),
  message("claude-3-5-haiku-latest", { fresh: 812, out: 77 }, "812*0.80/1e6 + 77*4/1e6"),
  message(
    "claude-3-5-haiku-latest",
    { fresh: 3, read: 20_000, write5m: 1000, write1h: 500, out: 100 },
    "3*0.80/1e6 + 20000*0.08/1e6 + 1000*1.00/1e6 + 500*1.60/1e6 + 100*4/1e6",
  ),
  message("claude-3-5-sonnet-latest", { fresh: 40_213, out: 1290 }, "40213*3/1e6 + 1290*15/1e6"),
  message("claude-3-5-sonnet-latest", { fresh: 15, write1h: 4803, out: 47 }, "15*3/1e6 + 4803*6/1e6 + 47*15/1e6"),
  message("claude-3-7-sonnet-latest", { fresh: 95, out: 3 }, "95*3/1e6 + 3*15/1e6"),
  message("claude-3-7-sonnet-latest", { fresh: 4, read: 2455, out: 23 }, "4*3/1e6 + 2455*0.30/1e6 + 23*15/1e6"),
  message("claude-sonnet-4-6", { fresh: 2048, out: 640 }, "2048*3/1e6 + 640*15/1e6"),
  message("claude-sonnet-4-6", { fresh: 812, write5m: 2048, out: 77 }, "812*3/1e6 + 2048*3.75/1e6 + 77*15/1e6"),
  message("claude-sonnet-4-5", { fresh: 12_345, out: 678 }, "12345*3/1e6 + 678*15/1e6"),
  message(
    "claude-sonnet-4-5",
    { fresh: 9, read: 1024, write1h: 1000, out: 25 },
    "9*3/1e6 + 1024*0.30/1e6 + 1000*6/1e6 + 25*15/1e6",
  ),
  message("claude-sonnet-5", { fresh: 1000, out: 500 }, "1000*2/1e6 + 500*10/1e6"),
  message(
    "claude-sonnet-5",
    { fresh: 10, read: 66_360, write5m: 32_435, out: 5120 },
    "10*2/1e6 + 66360*0.20/1e6 + 32435*2.50/1e6 + 5120*10/1e6",
  ),
  message("claude-sonnet-5-5", { fresh: 812, out: 77 }, "812*2/1e6 + 77*10/1e6"),
  message(
    "claude-sonnet-5-5",
    { fresh: 3, read: 20_000, write5m: 1000, write1h: 500, out: 100 },
    "3*2/1e6 + 20000*0.10/1e6 + 1000*2.50/1e6 + 500*4/1e6 + 100*10/1e6",
  ),
  message("claude-haiku-4-5", { fresh: 40_213, out: 1290 }, "40213*1/1e6 + 1290*5/1e6"),
  message("claude-haiku-4-5", { fresh: 15, write1h: 4803, out: 47 }, "15*1/1e6 + 4803*2/1e6 + 47*5/1e6"),
  message("claude-haiku-5-5", { fresh: 95, out: 3 }, "95*0.10/1e6 + 3*0.50/1e6"),
  message("claude-haiku-5-5", { fresh: 4, read: 2455, out: 23 }, "4*0.10/1e6 + 2455*0.01/1e6 + 23*0.50/1e6"),
  message("claude-3-opus-latest", { fresh: 2048, out: 640 }, "2048*15/1e6 + 640*75/1e6"),
  message("claude-3-opus-latest", { fresh: 812, write5m: 2048, out: 77 }, "812*15/1e6 + 2048*18.75/1e6 + 77*75/1e6"),
  message("claude-opus-4-1", { fresh: 12_345, out: 678 }, "12345*15/1e6 + 678*75/1e6"),
  message(
    "claude-opus-4-1",
    { fresh: 9, read: 1024, write1h: 1000, out: 25 },
    "9*15/1e6 + 1024*1.50/1e6 + 1000*30/1e6 + 25*75/1e6",
  ),
  message("claude-opus-4-5", { fresh: 1000, out: 500 }, "1000*5/1e6 + 500*25/1e6"),
  message(
    "claude-opus-4-5",
    { fresh: 10, read: 66_360, write5m: 32_435, out: 5120 },
    "10*5/1e6 + 66360*0.50/1e6 + 32435*6.25/1e6 + 5120*25/1e6",
  ),
  message("claude-opus-4-8", { fresh: 812, out: 77 }, "812*5/1e6 + 77*25/1e6"),
  message(
    "claude-opus-4-8",
    { fresh: 3, read: 20_000, write5m: 1000, write1h: 500, out: 100 },
    "3*5/1e6 + 20000*0.50/1e6 + 1000*6.25/1e6 + 500*10/1e6 + 100*25/1e6",
  ),
  message("claude-opus-5-5", { fresh: 40_213, out: 1290 }, "40213*4/1e6 + 1290*20/1e6"),
  message("claude-opus-5-5", { fresh: 15, write1h: 4803, out: 47 }, "15*4/1e6 + 4803*8/1e6 + 47*20/1e6"),
  message("claude-fable-5-1", { fresh: 95, out: 3 }, "95*10/1e6 + 3*50/1e6"),
  message("claude-fable-5-1", { fresh: 4, read: 2455, out: 23 }, "4*10/1e6 + 2455*0.25/1e6 + 23*50/1e6"),
  // Dated names are the same models.
  message("claude-haiku-4-5-20251001", { fresh: 120, read: 2473, out: 31 }, "120*1/1e6 + 2473*0.10/1e6 + 31*5/1e6"),
  message(
    "claude-opus-4-1-20250805",
    { fresh: 120, write1h: 10_000, out: 31 },
    "120*15/1e6 + 10000*30/1e6 + 31*75/1e6",
  ),
  // Sonnet 4 and 4.5 above 200,000 tokens, Haiku 5.5 above 100,000: the whole request, cached tokens counted in.
  message("claude-sonnet-4-5", { fresh: 200_000, out: 10 }, "200000*3/1e6 + 10*15/1e6"),
  message("claude-sonnet-4-5", { fresh: 1, read: 200_000, out: 10 }, "1*6/1e6 + 200000*0.60/1e6 + 10*22.50/1e6"),
  message(
    "claude-sonnet-4-0",
    { fresh: 150_000, write5m: 60_000, out: 1000 },
    "150000*6/1e6 + 60000*7.50/1e6 + 1000*22.50/1e6",
  ),
  message(
    "claude-sonnet-4-0",
    { fresh: 150_000, write1h: 60_000, out: 1000 },
    "150000*6/1e6 + 60000*12/1e6 + 1000*22.50/1e6",
  ),
  message("claude-haiku-5-5", { fresh: 100_000 }, "100000*0.10/1e6"),
  message("claude-haiku-5-5", { fresh: 1, read: 100_000, out: 5 }, "1*0.50/1e6 + 100000*0.05/1e6 + 5*2.50/1e6"),
  message(
    "claude-haiku-5-5",
    { fresh: 5, write5m: 90_000, write1h: 20_000, out: 5 },
    "5*0.50/1e6 + 90000*0.625/1e6 + 20000*1/1e6 + 5*2.50/1e6",
  ),
];
