import { askedModel, outputTokensMax } from "./features.ts";
import type { AnthropicBody, OpenAiBody, Prompt, RowDialect, Task } from "./workload-row.ts";

/** Wording matters more than variety in all of this work. */
const temperature = 0;

/** A body with the dialect that it is written in. */
export type DialectBody =
  | { readonly dialect: "openai-chat"; readonly body: OpenAiBody }
  | { readonly dialect: "anthropic-messages"; readonly body: AnthropicBody };

/** The body of a call with this prompt, asked of the expensive model as every application here does. */
export function buildBody(dialect: RowDialect, task: Task, prompt: Prompt): DialectBody {
  const model = askedModel[dialect];
  if (dialect === "openai-chat") {
    const messages: OpenAiBody["messages"] = [
      { role: "system", content: prompt.system },
      { role: "user", content: prompt.user },
    ];
    return { dialect, body: { model, messages, max_completion_tokens: outputTokensMax[task], temperature } };
  }
  return {
    dialect,
    body: {
      model,
      system: prompt.system,
      messages: [{ role: "user", content: prompt.user }],
      max_tokens: outputTokensMax[task],
      temperature,
    },
  };
}
