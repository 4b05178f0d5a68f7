import Anthropic, { APIError as AnthropicError } from "@anthropic-ai/sdk";
import OpenAI, { APIError as OpenaiError } from "openai";
import type { WorkloadRow } from "../workload/workload-row.ts";
import type { CallOutcome } from "./call-outcome.ts";

/** For a whole call, the last piece of its stream included. */
const timeoutMs = 30_000;

/** Whom clients call as, and how stubborn they are. */
export interface ClientSettings {
  /** Tenant -> the gateway's local key; every other tenant has provider keys of its own. */
  readonly localKeys?: Readonly<Record<string, string>>;
  /** Further tries of a client by itself; default none, so that every call of the workload is one request of the ledger. */
  readonly retriesMax?: number;
}

/** Calls an address with the vendors' official clients, one pair of clients for each tenant. */
export interface VendorClients {
  /** Never rejects: a failed call is an outcome. `headers` go out beside the client's own. */
  call(row: WorkloadRow, headers: Readonly<Record<string, string>>): Promise<CallOutcome>;
}

/** What an application tells the gateway about a row; the labels are not part of it. */
export function claimHeaders(row: WorkloadRow): Record<string, string> {
  return {
    "x-farthing-task": row.task,
    "x-farthing-feature": row.feature,
    "x-farthing-user": row.user,
    "x-farthing-team": row.team,
    ...(row.session === null ? {} : { "x-farthing-session": row.session }),
  };
}

/** Clients of `origin`, which is a gateway or a provider: they cannot tell. */
export function createVendorClients(origin: string, settings: ClientSettings = {}): VendorClients {
  const { retriesMax = 0 } = settings;
  const openai = new Map<string, OpenAI>();
  const anthropic = new Map<string, Anthropic>();
  return {
    async call(row, headers) {
      const startedAt = performance.now();
      const options = { headers, signal: AbortSignal.timeout(timeoutMs) };
      try {
        const answer =
          row.dialect === "openai-chat"
            ? await callOpenai(
                clientOf(openai, row.tenant, () => openaiClient(origin, keyOf(row, settings), retriesMax)),
                row,
                options,
              )
            : await callAnthropic(
                clientOf(anthropic, row.tenant, () => anthropicClient(origin, keyOf(row, settings), retriesMax)),
                row,
                options,
              );
        const durationMs = performance.now() - startedAt;
        const { response, text } = answer;
        const requestId = response.headers.get("x-farthing-request-id");
        return { text, status: response.status, requestId, durationMs, failure: null, failureCode: null };
      } catch (error) {
        return failedCall(error, performance.now() - startedAt);
      }
    },
  };
}

/** The key that a tenant calls with in a dialect: its local key, or its own key of the vendor. */
export function keyOf(
  { tenant, dialect }: Pick<WorkloadRow, "tenant" | "dialect">,
  { localKeys = {} }: ClientSettings,
): string {
  return localKeys[tenant] ?? (dialect === "openai-chat" ? `sk-demo-${tenant}` : `sk-ant-demo-${tenant}`);
}

interface Answer {
  readonly text: string;
  readonly response: Response;
}

type OpenaiRow = WorkloadRow & { readonly dialect: "openai-chat" };
type AnthropicRow = WorkloadRow & { readonly dialect: "anthropic-messages" };

interface CallOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function callOpenai(client: OpenAI, row: OpenaiRow, options: CallOptions): Promise<Answer> {
  if (!row.stream) {
    const { data, response } = await client.chat.completions.create({ ...row.body }, options).withResponse();
    return { text: data.choices[0]?.message.content ?? "", response };
  }
  const usage = row.streamUsage ? { stream_options: { include_usage: true } } : {};
  const call = client.chat.completions.create({ ...row.body, stream: true, ...usage }, options);
  const { data, response } = await call.withResponse();
  let text = "";
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? "";
  return { text, response };
}

async function callAnthropic(client: Anthropic, row: AnthropicRow, options: CallOptions): Promise<Answer> {
  if (!row.stream) {
    const { data, response } = await client.messages.create({ ...row.body }, options).withResponse();
    return { text: data.content.map((block) => (block.type === "text" ? block.text : "")).join(""), response };
  }
  const call = client.messages.create({ ...row.body, stream: true }, options);
  const { data, response } = await call.withResponse();
  let text = "";
  for await (const event of data) {
    if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
  }
  return { text, response };
}

/** Nothing is taken from the environment. */
function openaiClient(origin: string, apiKey: string, maxRetries: number): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: `${origin}/v1`,
    maxRetries,
    timeout: timeoutMs,
    organization: null,
    project: null,
  });
}

function anthropicClient(origin: string, apiKey: string, maxRetries: number): Anthropic {
  return new Anthropic({
    apiKey,
    authToken: null,
    baseURL: origin,
    maxRetries,
    timeout: timeoutMs,
  });
}

function clientOf<Client>(clients: Map<string, Client>, tenant: string, create: () => Client): Client {
  let client = clients.get(tenant);
  if (client === undefined) {
    client = create();
    clients.set(tenant, client);
  }
  return client;
}

function failedCall(error: unknown, durationMs: number): CallOutcome {
  const failure = error instanceof Error ? error.message : String(error);
  const nothing = { text: "", status: 0, requestId: null, durationMs, failure, failureCode: null };
  if (!(error instanceof OpenaiError || error instanceof AnthropicError)) return nothing;
  const requestId = error.headers?.get("x-farthing-request-id") ?? null;
  const failureCode = error instanceof OpenaiError ? (error.code ?? null) : null;
  return { ...nothing, status: typeof error.status === "number" ? error.status : 0, requestId, failureCode };
}
