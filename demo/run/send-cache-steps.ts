import { localKeyTenant } from "../workload/features.ts";
import type { CacheStep } from "../workload/cache-step.ts";
import type { GatewayProcess } from "./start-gateway-process.ts";

/** What the client of a step saw. */
export interface StepAnswer {
  readonly status: number;
  /** The gateway's id; empty when none came. */
  readonly requestId: string;
  /** What tells answers apart: of a chat the provider's id, of embeddings each vector. Empty: the answer cannot be read. */
  readonly parts: readonly string[];
}

/** Sends the steps one after the other with the tenant's local key, and does what is to happen before each. */
export async function sendCacheSteps(
  steps: readonly CacheStep[],
  { origin, localKeys }: GatewayProcess,
): Promise<ReadonlyMap<string, StepAnswer>> {
  const headers = { authorization: `Bearer ${localKeys[localKeyTenant] ?? ""}`, "content-type": "application/json" };
  const answers = new Map<string, StepAnswer>();
  for (const step of steps) {
    if (step.before !== null) await prepare(step.before, origin, headers);
    const response = await fetch(origin + step.path, {
      method: "POST",
      headers: { ...headers, ...step.headers },
      body: JSON.stringify(step.body),
    });
    const text = await response.text();
    const requestId = response.headers.get("x-farthing-request-id") ?? "";
    answers.set(step.id, { status: response.status, requestId, parts: response.ok ? partsOf(step, text) : [] });
  }
  return answers;
}

async function prepare(
  before: NonNullable<CacheStep["before"]>,
  origin: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if ("waitMs" in before) return new Promise((resolve) => setTimeout(resolve, before.waitMs));
  const body = JSON.stringify({ documents: before.forgetDocuments });
  const answer = await fetch(`${origin}/v1/cache/invalidate`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`The gateway forgot nothing: ${answer.status} ${await answer.text()}`);
}

function partsOf(step: CacheStep, text: string): readonly string[] {
  if (step.path === "/v1/embeddings") {
    const { data } = JSON.parse(text) as { readonly data: readonly { readonly embedding: readonly number[] }[] };
    return data.map(({ embedding }) => JSON.stringify(embedding));
  }
  const id = /"id": ?"(chatcmpl-[^"]+)"/.exec(text)?.[1];
  return id === undefined ? [] : [id];
}
