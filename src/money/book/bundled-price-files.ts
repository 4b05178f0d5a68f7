import anthropic from "../data/anthropic.json" with { type: "json" };
import azureOpenai from "../data/azure-openai.json" with { type: "json" };
import cerebras from "../data/cerebras.json" with { type: "json" };
import deepseek from "../data/deepseek.json" with { type: "json" };
import fireworks from "../data/fireworks.json" with { type: "json" };
import google from "../data/google.json" with { type: "json" };
import groq from "../data/groq.json" with { type: "json" };
import mistral from "../data/mistral.json" with { type: "json" };
import openai from "../data/openai.json" with { type: "json" };
import openrouter from "../data/openrouter.json" with { type: "json" };
import perplexity from "../data/perplexity.json" with { type: "json" };
import together from "../data/together.json" with { type: "json" };
import xai from "../data/xai.json" with { type: "json" };

/** The price files as shipped, one a vendor. They are unchecked JSON until a price book is made of them. */
export const bundledPriceFiles: readonly unknown[] = [
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
];
