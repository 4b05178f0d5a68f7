import { startScriptedUpstream } from "../proofs/scripted-upstream.ts";

/** A provider in this process that says how long it was at work itself. */
export interface PlainProvider {
  readonly origin: string;
  /** Calls so far. */
  readonly calls: () => number;
  /** Length of the answers from now on. */
  answer(tokens: number): void;
  /** Milliseconds at work since last asked. */
  takeBusyMs(): number;
  close(): Promise<void>;
}

/** Four letters a token, as much as it matters here: prompts and answers are priced by the usage it reports. */
const lettersPerToken = 4;

/** Starts it on a free port. */
export async function startPlainProvider(): Promise<PlainProvider> {
  let tokens = 1;
  let busyMs = 0;
  const upstream = await startScriptedUpstream((call, _request, response) => {
    const started = performance.now();
    response.on("finish", () => (busyMs += performance.now() - started));
    const body = answerTo(call.body, call.number, tokens);
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
  return {
    origin: upstream.origin,
    calls: upstream.calls,
    answer: (next) => void (tokens = next),
    takeBusyMs() {
      const taken = busyMs;
      busyMs = 0;
      return taken;
    },
    close: () => upstream.close(),
  };
}

function answerTo(body: string, number: number, tokens: number): string {
  const { model } = JSON.parse(body) as { readonly model: string };
  const prompt = Math.ceil(body.length / lettersPerToken);
  const content = "word".repeat(tokens);
  return JSON.stringify({
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: 1_790_000_000,
    model,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: prompt, completion_tokens: tokens, total_tokens: prompt + tokens },
  });
}
