import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ClientName, Feature } from "./features.ts";
import {
  dialectOfCall,
  pathStarts,
  type ProviderName,
  providers,
  type ScenarioName,
  wireDialect,
} from "./stack/providers.ts";
import type { Exchange } from "./stack/relay.ts";
import type { SeenReply } from "./stack/seen-replies.ts";
import { type LedgerRow, providerAt, type Stack, type StackOptions, startStack } from "./stack/start-stack.ts";

/** Which square of the table a test is. */
export interface CellName {
  readonly client: ClientName;
  readonly endpoint: string;
  readonly feature: Feature;
  readonly provider: ProviderName;
}

/** A square as the reporter reads it. */
export interface CellMeta extends CellName {
  readonly mode: "native" | "translated";
  /** The field that the other dialect cannot say, so that a clear refusal is what passes; null: an answer is. */
  readonly refused: string | null;
  /** Why it cannot run on this machine; null: it ran. */
  readonly skipped: string | null;
}

declare module "vitest" {
  interface TaskMeta {
    cell?: CellMeta;
  }
}

/** What the client showed its user. */
export interface Shown {
  /** Text, arguments, a vector, an error's message; must not be empty. */
  readonly content: unknown;
  /** Tokens as the client tells them, cached and thought ones included; null where nothing was metered. */
  readonly usage: { readonly input: number | undefined; readonly output: number | undefined } | null;
}

/** What the ledger must say; by default that all went well. */
export interface Expected {
  readonly outcome?: "ok" | "error" | "aborted" | "truncated";
  /** What the caller got; where either will do, both. */
  readonly status?: number | readonly number[];
  /** `estimated` after a cut; `unknown` after an error. */
  readonly usage?: "provider" | "estimated" | "unknown";
  /** No row is written: nothing was asked of a provider. */
  readonly noRow?: boolean;
  /** A provider that is not the one of the cell's name, where a scenario or a rule says so. */
  readonly endpointId?: string;
  /** The model as asked; default: that of the trial. */
  readonly model?: string;
  /** The provider's dialect has no such thing: the client must get a 400 of its own class that names this field. */
  readonly refused?: string;
  /** Set where this machine cannot run it. */
  readonly skipped?: string | null;
}

/** One run of a cell. */
export interface Trial {
  readonly stack: Stack;
  readonly provider: ProviderName;
  /** `provider/model`, as a caller with a local key asks for it. */
  readonly model: string;
  /** The same for the model that thinks. */
  readonly thinkingModel: string;
  /** `provider/model` where something goes wrong. */
  at(scenario: ScenarioName): string;
  /** What left the gateway during this cell. */
  sent(): readonly Exchange[];
  /** The last of them. */
  lastSent(): Exchange;
  /** What clients of this process got during this cell. */
  got(): readonly SeenReply[];
  /** The ledger's row of the last request. */
  row(): Promise<LedgerRow>;
  /** For clients in another process: the id of a request that they made. */
  note(requestId: string): void;
}

let stack: Stack;

/** The stack of this file; to be called once, at its top. */
export function useStack(options: StackOptions = {}): { readonly current: Stack } {
  beforeAll(async () => {
    stack = await startStack(options);
  });
  afterAll(() => stack?.stop());
  return {
    get current() {
      return stack;
    },
  };
}

/**
 * One square: runs the client, and then holds what it showed against the ledger. It passes only when content and usage
 * were shown, the row says the same, and the call went out in the dialect that the square claims.
 */
export function cell(name: CellName, run: (trial: Trial) => Promise<Shown>, expected: Expected = {}): void {
  const dialect = dialectOfCall(name.client, name.endpoint);
  const wire = wireDialect(dialect, name.provider);
  const mode: "native" | "translated" = wire === dialect ? "native" : "translated";
  const skipped = expected.skipped ?? null;
  const refused = expected.refused ?? null;
  const { client, endpoint, feature, provider } = name;
  const options = { meta: { cell: { ...name, mode, refused, skipped } }, skip: skipped !== null };
  test(`${client} ${endpoint} ${feature} at ${provider} (${mode})`, options, async () => {
    const noted: string[] = [];
    const trial = startTrial(name.provider, noted);
    if (refused !== null) return checkRefusal(await run(trial).catch((thrown: unknown) => thrown), trial, refused);
    const shown = await run(trial);
    expect(shown.content, "the client showed nothing").toBeTruthy();
    expect(JSON.stringify(shown.content)?.length ?? 3).toBeGreaterThan(2);
    if (expected.noRow === true) return;
    expect(trial.lastSent().path, "spoken to in another dialect").toMatch(pathStarts[wire]);
    const ids = noted.length > 0 ? noted : requestIdsOf(trial.got());
    expect(ids.length, "no x-farthing-request-id was seen").toBeGreaterThan(0);
    for (const id of ids.slice(0, -1)) await rowOf(id);
    checkRow(await rowOf(ids.at(-1) ?? ""), name, shown, expected, trial.model);
  });
}

/** Nothing went up, and the client's error says which field and what to do. */
function checkRefusal(thrown: unknown, trial: Trial, field: string): void {
  expect(thrown, "it was not refused").toBeInstanceOf(Error);
  expect(String(thrown)).toContain(`\`${field}\` cannot be sent`);
  expect(trial.got().at(-1)?.status).toBe(400);
  expect(trial.sent()).toEqual([]);
}

function startTrial(provider: ProviderName, noted: string[]): Trial {
  const { model, thinkingModel } = providers[provider];
  const sentBefore = stack.relay.exchanges.length;
  const gotBefore = stack.replies.length;
  const sent = (): readonly Exchange[] => stack.relay.exchanges.slice(sentBefore);
  const got = (): readonly SeenReply[] => stack.replies.slice(gotBefore);
  return {
    stack,
    provider,
    model: `${provider}/${model}`,
    thinkingModel: `${provider}/${thinkingModel}`,
    at: (scenario) => `${providerAt(provider, scenario)}/${model}`,
    sent,
    lastSent: () => {
      const last = sent().at(-1);
      if (last === undefined) throw new Error("nothing left the gateway");
      return last;
    },
    got,
    row: () => rowOf([...noted, ...requestIdsOf(got())].at(-1) ?? ""),
    note: (requestId) => void noted.push(requestId),
  };
}

function requestIdsOf(replies: readonly SeenReply[]): readonly string[] {
  return replies.map(({ headers }) => headers.get("x-farthing-request-id") ?? "").filter((id) => id !== "");
}

/** Its row; of a call that was cut it is written a moment later. */
async function rowOf(requestId: string): Promise<LedgerRow> {
  const look = async (): Promise<LedgerRow> =>
    (await stack.record(requestId)) ?? Promise.reject(new Error(`no row of ${requestId}`));
  return vi.waitFor(look, { timeout: 5_000 });
}

function checkRow(row: LedgerRow, name: CellName, shown: Shown, expected: Expected, model: string): void {
  const { outcome = "ok", status = 200, usage = "provider", endpointId = name.provider } = expected;
  expect(row.outcome).toBe(outcome);
  expect([status].flat(), "status").toContain(row.status);
  const asked = expected.model ?? (endpointId === name.provider ? model : row.requestedModel);
  expect(row.requestedModel, "model as asked").toBe(asked);
  expect(row.attempts.at(-1)).toMatchObject({ endpointId });
  expect(row.usage.source).toBe(usage);
  const unmetered = shown.usage === null ? ["free", ...(usage === "unknown" ? ["unpriced"] : [])] : [];
  const priced = outcome !== "ok" || ["priced", ...unmetered].includes(row.cost.state);
  expect(priced, `the cost is ${row.cost.state}`).toBe(true);
  const counted = shown.usage === null ? null : totalsOf(row.usage.tokens);
  expect(shown.usage, "the client's usage is the ledger's").toEqual(counted);
}

/** Tokens in and out, all classes. */
function totalsOf(tokens: Readonly<Record<string, number>>): { readonly input: number; readonly output: number } {
  const produced = new Set(["output", "reasoning", "audioOutput"]);
  let input = 0;
  let output = 0;
  for (const [name, count] of Object.entries(tokens)) {
    if (produced.has(name)) output += count;
    else input += count;
  }
  return { input, output };
}
