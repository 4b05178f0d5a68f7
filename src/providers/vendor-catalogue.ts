import type { VendorRow } from "../spec/vendor.ts";
import { readVendorRow } from "./read-vendor-row.ts";
import anthropic from "./vendors/anthropic.json" with { type: "json" };
import azureOpenai from "./vendors/azure-openai.json" with { type: "json" };
import cerebras from "./vendors/cerebras.json" with { type: "json" };
import deepseek from "./vendors/deepseek.json" with { type: "json" };
import fireworks from "./vendors/fireworks.json" with { type: "json" };
import google from "./vendors/google.json" with { type: "json" };
import groq from "./vendors/groq.json" with { type: "json" };
import llamaCpp from "./vendors/llama-cpp.json" with { type: "json" };
import lmStudio from "./vendors/lm-studio.json" with { type: "json" };
import mistral from "./vendors/mistral.json" with { type: "json" };
import ollama from "./vendors/ollama.json" with { type: "json" };
import openaiCompatible from "./vendors/openai-compatible.json" with { type: "json" };
import openai from "./vendors/openai.json" with { type: "json" };
import openrouter from "./vendors/openrouter.json" with { type: "json" };
import perplexity from "./vendors/perplexity.json" with { type: "json" };
import sglang from "./vendors/sglang.json" with { type: "json" };
import tgi from "./vendors/tgi.json" with { type: "json" };
import together from "./vendors/together.json" with { type: "json" };
import vllm from "./vendors/vllm.json" with { type: "json" };
import xai from "./vendors/xai.json" with { type: "json" };

/** One document for each file of `vendors/`; unchecked JSON until it is read. In the order in which people look for them. */
const documents: readonly unknown[] = [
  openai,
  anthropic,
  google,
  azureOpenai,
  openrouter,
  deepseek,
  xai,
  mistral,
  groq,
  together,
  fireworks,
  perplexity,
  cerebras,
  ollama,
  vllm,
  sglang,
  tgi,
  llamaCpp,
  lmStudio,
  openaiCompatible,
];

/** Every vendor known before any config, one for each file of `vendors/`. */
export const vendorRows: readonly VendorRow[] = documents.map(readVendorRow);

/** Ids of {@link vendorRows}. */
export const vendorIds: readonly string[] = vendorRows.map((row) => row.id);

/** The row of a vendor; null for an id that no file has. */
export function vendorById(id: string): VendorRow | null {
  return vendorRows.find((row) => row.id === id) ?? null;
}
