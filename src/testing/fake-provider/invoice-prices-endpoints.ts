import { modelsOf, type FakeModel, type InvoicePrice, type PriceRow } from "./invoice-prices.ts";

/*
 * What OpenAI charges beside chat and responses, as invoice-prices.ts: copied by hand from openai.com/api/pricing and the
 * model pages, read up to November 2026. Some things are sold by another unit than tokens; there the count of the log's
 * `tokens` is that unit, and the price is still per million of it.
 */

function row(price: InvoicePrice, ...names: readonly string[]): PriceRow {
  return { models: names.map((name) => [name, name] as const), price };
}

/** Nothing is generated, or nothing is asked a price for. */
const nothing = "0.00";

/** `POST /v1/embeddings`. */
export const embeddingModels: ReadonlyMap<string, FakeModel> = modelsOf(
  [
    row({ input: "0.02", output: nothing }, "text-embedding-3-small"),
    row({ input: "0.13", output: nothing }, "text-embedding-3-large"),
    row({ input: "0.10", output: nothing }, "text-embedding-ada-002"),
  ],
  ["text-embedding-fake-unpriced"],
);

/** `POST /v1/completions`. */
export const completionModels: ReadonlyMap<string, FakeModel> = modelsOf(
  [
    row({ input: "1.50", output: "2.00" }, "gpt-3.5-turbo-instruct"),
    row({ input: "2.00", output: "2.00" }, "davinci-002"),
    row({ input: "0.40", output: "0.40" }, "babbage-002"),
  ],
  [],
);

/** `POST /v1/images/generations`. Output tokens are image tokens; of `dall-e-3`, units of $0.04 (a standard square is one). */
export const imageModels: ReadonlyMap<string, FakeModel> = modelsOf(
  [
    row({ input: "5.00", output: "40.00" }, "gpt-image-1"),
    row({ input: "2.00", output: "8.00" }, "gpt-image-1-mini"),
    row({ input: nothing, output: "40000.00" }, "dall-e-3"),
  ],
  [],
);

/** `POST /v1/audio/speech`. Output tokens are sound; of `tts-1` and `tts-1-hd`, the input's unit is a character. */
export const speechModels: ReadonlyMap<string, FakeModel> = modelsOf(
  [
    row({ input: "0.60", output: "12.00" }, "gpt-4o-mini-tts"),
    row({ input: "15.00", output: nothing }, "tts-1"),
    row({ input: "30.00", output: nothing }, "tts-1-hd"),
  ],
  [],
);

/** `POST /v1/audio/transcriptions`. The input's unit of `whisper-1` is a second ($0.006 a minute). */
export const transcriptionModels: ReadonlyMap<string, FakeModel> = modelsOf(
  [
    row({ input: "2.50", inputAudio: "6.00", output: "10.00" }, "gpt-4o-transcribe"),
    row({ input: "1.25", inputAudio: "3.00", output: "5.00" }, "gpt-4o-mini-transcribe"),
    row({ input: "100.00", output: nothing }, "whisper-1"),
  ],
  [],
);
