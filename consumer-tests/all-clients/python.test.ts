import { afterAll, beforeAll, describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { ClientName, Feature } from "./features.ts";
import {
  longQuestion,
  plainQuestion,
  shortQuestion,
  toolQuestion,
  twoToolsQuestion,
  weatherSchema,
} from "./questions.ts";
import type { ProviderName } from "./stack/providers.ts";
import { pythonMissing, type PythonCells, type PythonTold, startPython } from "./stack/python.ts";
import { refusalsOf } from "./what-clients-saw.ts";

const stack = useStack();
const three = ["openai", "anthropic", "google"] as const satisfies readonly ProviderName[];

/** A client in Python: its process, and how its cells are asked. */
interface PythonClient {
  readonly client: ClientName;
  cells: PythonCells | null;
}

const openai: PythonClient = { client: "openai (Python)", cells: null };
const anthropic: PythonClient = { client: "anthropic (Python)", cells: null };
beforeAll(() => {
  if (pythonMissing !== null) return;
  openai.cells = startPython("openai_cells.py");
  anthropic.cells = startPython("anthropic_cells.py");
});
afterAll(() => {
  openai.cells?.stop();
  anthropic.cells?.stop();
});

const prompts: Partial<Record<Feature, string>> = {
  streaming: longQuestion,
  tool: toolQuestion,
  "streamed tool": twoToolsQuestion,
  "tool result": toolQuestion,
  reasoning: plainQuestion,
  abort: longQuestion,
  "token count": longQuestion,
};

async function askPython(
  who: PythonClient,
  trial: Trial,
  cellName: string,
  feature: Feature,
  model: string,
): Promise<PythonTold> {
  if (who.cells === null) throw new Error("Python is not running");
  const prompt = prompts[feature] ?? shortQuestion;
  const { origin, localKey: key } = stack.current;
  const told = await who.cells.run({ cell: cellName, origin, key, model, prompt, schema: weatherSchema });
  for (const requestId of told.requestIds) trial.note(requestId);
  return told;
}

function square(
  who: PythonClient,
  endpoint: string,
  feature: Feature,
  provider: ProviderName,
  expected: Expected = {},
): void {
  cell(
    { client: who.client, endpoint, feature, provider },
    async (trial): Promise<Shown> => {
      const model = feature === "abort" ? trial.at("stall") : (expected.model ?? trial.model);
      const told = await askPython(who, trial, `${endpoint} ${feature}`, feature, model);
      if (feature === "reasoning") expect(trial.lastSent().body).toContain(told.proof);
      return { content: told.content, usage: told.usage };
    },
    { skipped: pythonMissing, ...expected },
  );
}

/** Names of the classes by status, in this package. */
function refusals(
  who: PythonClient,
  endpoint: string,
  provider: ProviderName,
  classes: Readonly<Record<number, string>>,
): void {
  for (const refusal of refusalsOf(provider)) {
    cell(
      { client: who.client, endpoint, feature: refusal.feature, provider },
      async (trial): Promise<Shown> => {
        const told = await askPython(who, trial, `${endpoint} refusal`, refusal.feature, trial.at(refusal.scenario));
        expect(told).toMatchObject({ class: classes[refusal.status], status: refusal.status });
        if (refusal.status === 429 && provider !== "google") expect(told.retryAfter).toBe("7");
        return { content: told.content, usage: null };
      },
      {
        skipped: pythonMissing,
        outcome: "error",
        status: refusal.status,
        usage: "unknown",
        endpointId: `${provider}-${refusal.scenario}`,
      },
    );
  }
}

const cut = (provider: ProviderName): Expected => ({
  outcome: "aborted",
  usage: "estimated",
  endpointId: `${provider}-stall`,
});

describe("openai in Python", () => {
  const chat = "/v1/chat/completions";
  for (const provider of three) {
    for (const feature of ["text", "streaming", "tool", "tool result", "schema"] as const)
      square(openai, chat, feature, provider);
    for (const feature of ["text", "streaming", "tool"] as const) square(openai, "/v1/responses", feature, provider);
    square(openai, chat, "abort", provider, cut(provider));
    refusals(openai, chat, provider, {
      400: "BadRequestError",
      401: "AuthenticationError",
      404: "NotFoundError",
      429: "RateLimitError",
      503: "InternalServerError",
      529: "InternalServerError",
    });
  }
  square(openai, "/v1/embeddings", "embeddings", "openai", { model: "openai/text-embedding-3-small" });
  square(openai, "/v1/models", "models", "openai", { noRow: true });
});

describe("anthropic in Python", () => {
  const messages = "/v1/messages";
  for (const provider of three) {
    for (const feature of ["text", "streaming", "tool", "streamed tool", "tool result"] as const) {
      square(anthropic, messages, feature, provider);
    }
    square(anthropic, messages, "abort", provider, cut(provider));
    refusals(anthropic, messages, provider, {
      400: "BadRequestError",
      401: "AuthenticationError",
      404: "NotFoundError",
      429: "RateLimitError",
      503: "ServiceUnavailableError",
      529: "OverloadedError",
    });
  }
  square(anthropic, messages, "reasoning", "anthropic");
  square(anthropic, `${messages}/count_tokens`, "token count", "anthropic", { model: "claude-haiku-4-5" });
  square(anthropic, "/v1/models", "models", "anthropic", { noRow: true });
});
