import { generated, type WorkedLine } from "./worked-line.ts";

/** Lines of Google. */
export const googleLines: readonly WorkedLine[] = [
  generated(
    "gemini-1.5-flash",
    { prompt: 2109, cached: 2048, candidates: 9 },
    "61*0.075/1e6 + 2048*0.01875/1e6 + 9*0.30/1e6",
  ),
  generated("gemini-1.5-pro", { prompt: 324, candidates: 1364 }, "324*1.25/1e6 + 1364*5/1e6"),
  generated(
    "gemini-2.0-flash",
    { prompt: 5000, cached: 4096, candidates: 120 },
    "904*0.10/1e6 + 4096*0.025/1e6 + 120*0.40/1e6",
  ),
  generated("gemini-2.5-flash-lite", { prompt: 1500, candidates: 80 }, "1500*0.10/1e6 + 80*0.40/1e6"),
  generated(
    "gemini-2.5-flash",
    { prompt: 2109, cached: 2048, candidates: 9 },
    "61*0.30/1e6 + 2048*0.03/1e6 + 9*2.50/1e6",
  ),
  generated(
    "gemini-2.5-pro",
    { prompt: 324, candidates: 1364, thoughts: 495 },
    "324*1.25/1e6 + 1364*10/1e6 + 495*10/1e6",
  ),
  generated(
    "gemini-3-flash-preview",
    { prompt: 5000, cached: 4096, candidates: 120, thoughts: 640 },
    "904*0.50/1e6 + 4096*0.05/1e6 + 120*3/1e6 + 640*3/1e6",
  ),
  generated("gemini-3-pro-preview", { prompt: 1500, candidates: 80 }, "1500*2/1e6 + 80*12/1e6"),
  generated(
    "gemini-3.1-pro-preview",
    { prompt: 2109, cached: 2048, candidates: 9 },
    "61*2/1e6 + 2048*0.20/1e6 + 9*12/1e6",
  ),
  generated(
    "gemini-3.5-flash-lite",
    { prompt: 324, candidates: 1364, thoughts: 495 },
    "324*0.30/1e6 + 1364*2.50/1e6 + 495*2.50/1e6",
  ),
  generated(
    "gemini-3.8-flash",
    { prompt: 5000, cached: 4096, candidates: 120, thoughts: 640 },
    "904*0.75/1e6 + 4096*0.075/1e6 + 120*3.75/1e6 + 640*3.75/1e6",
  ),
  generated("gemini-4-argon", { prompt: 1500, candidates: 80 }, "1500*2/1e6 + 80*10/1e6"),
  // Sound has a price of its own.
  generated(
    "gemini-2.0-flash",
    { prompt: 330, sound: 320, candidates: 10 },
    "10*0.10/1e6 + 320*0.70/1e6 + 10*0.40/1e6",
  ),
  generated(
    "gemini-2.5-flash",
    { prompt: 330, sound: 320, candidates: 10 },
    "10*0.30/1e6 + 320*1.00/1e6 + 10*2.50/1e6",
  ),
  generated(
    "gemini-2.5-flash-lite",
    { prompt: 330, sound: 320, candidates: 10 },
    "10*0.10/1e6 + 320*0.30/1e6 + 10*0.40/1e6",
  ),
  generated(
    "gemini-3-flash-preview",
    { prompt: 330, sound: 320, candidates: 10 },
    "10*0.50/1e6 + 320*1.00/1e6 + 10*3/1e6",
  ),
  // Above 200,000 tokens (1.5: 128,000) the whole request is at the second price.
  generated("gemini-2.5-pro", { prompt: 200_000, candidates: 5 }, "200000*1.25/1e6 + 5*10/1e6"),
  generated("gemini-2.5-pro", { prompt: 200_001, candidates: 5 }, "200001*2.50/1e6 + 5*15/1e6"),
  generated(
    "gemini-2.5-pro",
    { prompt: 262_960, cached: 257_955, candidates: 1744 },
    "5005*2.50/1e6 + 257955*0.25/1e6 + 1744*15/1e6",
  ),
  generated(
    "gemini-3.1-pro-preview",
    { prompt: 250_000, cached: 200_000, candidates: 100, thoughts: 900 },
    "50000*4/1e6 + 200000*0.40/1e6 + 100*18/1e6 + 900*18/1e6",
  ),
  generated("gemini-1.5-flash", { prompt: 128_001, candidates: 5 }, "128001*0.15/1e6 + 5*0.60/1e6"),
  generated(
    "gemini-1.5-pro",
    { prompt: 128_001, cached: 100_000, candidates: 5 },
    "28001*2.50/1e6 + 100000*0.625/1e6 + 5*10/1e6",
  ),
  // Prices that are announced: 4 Argon from 1 December 2026, 3.8 Flash from 1 January 2027.
  generated("gemini-4-argon", { prompt: 1000, candidates: 100 }, "1000*2/1e6 + 100*10/1e6", {
    at: "2026-11-30T23:59:59Z",
  }),
  generated(
    "gemini-4-argon",
    { prompt: 5000, cached: 4096, candidates: 100 },
    "904*4/1e6 + 4096*0.20/1e6 + 100*20/1e6",
    { at: "2026-12-01T00:00:00Z" },
  ),
  generated(
    "gemini-3.8-flash",
    { prompt: 5000, cached: 4096, candidates: 100 },
    "904*1.50/1e6 + 4096*0.15/1e6 + 100*7.50/1e6",
    { at: "2027-01-01T00:00:00Z" },
  ),
];
