import type { JsonObject } from "../../src/spec/json.ts";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { Route } from "../../src/spec/route.ts";
import type { CostState } from "../../src/spec/money.ts";
import type { UsageSource } from "../../src/spec/usage.ts";
import type { Target } from "../../src/spec/target.ts";
import type { AttemptOutcome } from "../../src/spec/attempt.ts";
import { OutputSizes } from "../../src/policies/output-sizes.ts";
import { CollectingSink } from "../../src/testing/collecting-sink.ts";
import type { Script } from "../../src/testing/scripted-transport.ts";
import { createStageContext, stageEndpoint, stageRoute, type StageContext } from "../../src/testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../src/testing/stage-ports.ts";
import { casePriceDocument } from "./case-prices.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { eventStream } from "./usage-case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** What the provider does with one call: a whole reply, events of a stream, or a failure. */
export type ProviderTurn =
  | { readonly reply: JsonObject; readonly status?: number }
  /** `ending`: it stays silent, ends without its terminal event, or the connection breaks; absent: it ends properly. */
  | { readonly events: readonly JsonObject[]; readonly ending?: "silence" | "end" | "break" }
  /** Nothing comes back; `sent`: the request had left. */
  | { readonly nothing: "connect" | "reset"; readonly sent: boolean };

/** What is switched on beyond a plain route; models are of the prices of the cases. */
export interface CaseRoute {
  readonly exactCache?: boolean;
  readonly coalesce?: boolean;
  readonly drain?: boolean;
  readonly retryAmbiguous?: boolean;
  /** Targets in order, each `provider/model`; absent: as the caller asked. */
  readonly targets?: readonly [string, ...string[]];
}

/** One line of the ledger about one call. */
export interface ExpectedAttempt {
  readonly outcome: AttemptOutcome;
  readonly source: UsageSource;
  readonly state: CostState;
  /** Worked by hand; null: nobody knows. */
  readonly usd: string | null;
}

/** What one request must leave behind. */
export interface ExpectedRecord {
  readonly attempts: readonly ExpectedAttempt[];
  readonly state: CostState;
  readonly usd: string | null;
  /** By technique, worked by hand; losses are negative. */
  readonly saved?: Readonly<Record<string, string>>;
}

/** Requests through the whole pipeline, to a provider that does as told. */
export interface AttemptCase extends MoneyCase {
  readonly dialect?: DialectName;
  readonly model?: string;
  /** Letters of the prompt. Default 385: with role and field names 400 bytes, which the estimator takes for 100 tokens. */
  readonly letters?: number;
  readonly stream?: boolean;
  readonly route?: CaseRoute;
  readonly calls: readonly ProviderTurn[];
  /** The caller goes away in the middle of the answer. */
  readonly leaves?: boolean;
  /** How often the same request is sent: `then` one after the other, `together` at once. Default: once. */
  readonly repeats?: { readonly times: number; readonly how: "then" | "together" };
  readonly records: readonly ExpectedRecord[];
  /** How many calls reached the provider, and how many were cut off on the way. */
  readonly callsMade: number;
  readonly callsCut?: number;
}

/** Plays the requests and looks at the rows. */
export function attemptCase(about: AttemptCase): PlayableCase {
  return {
    kind: "attempts",
    about,
    expected: {
      records: about.records.map(({ attempts, state, usd, saved = {} }) => ({
        attempts: attempts.map(({ usd: each, ...rest }) => ({ ...rest, picoUsd: amountOf(each) })),
        state,
        picoUsd: amountOf(usd),
        saved: Object.fromEntries(Object.entries(saved).map(([name, working]) => [name, workedPicoUsd(working)])),
      })),
      callsMade: about.callsMade,
      callsCut: about.callsCut ?? 0,
    },
    play: (money) => playRequests(about, money),
  };
}

function amountOf(usd: string | null): bigint | null {
  return usd === null ? null : workedPicoUsd(usd);
}

async function playRequests(about: AttemptCase, money: MoneyUnderTest): Promise<unknown> {
  const ports = casePorts(money, about.calls, about.dialect ?? "openai-chat");
  const route = routeOf(about.route ?? {});
  const handler = money.pipeline(route, false, { budgets: [], outputs: new OutputSizes() });
  const { times, how } = about.repeats ?? { times: 1, how: "then" };
  const running: Promise<void>[] = [];
  for (let sent = 0; sent < times; sent++) {
    running.push(sendOne(handler(caseContext(ports, route, about)), ports, about.leaves === true));
    if (how === "then") await letPass(ports);
  }
  await letPass(ports);
  await Promise.all(running);
  return {
    records: ports.ledger.records.map(seenRecord),
    callsMade: ports.transport.calls.length,
    callsCut: ports.transport.calls.filter((call) => call.abortedAtUs !== null).length,
  };
}

/** Ports of a test whose money is the one under test; the provider takes the turns in order, the last one again and again. */
export function casePorts(money: MoneyUnderTest, calls: readonly ProviderTurn[], dialect: DialectName): StagePorts {
  const ports = createStagePorts({
    dialects: money.dialects,
    estimator: money.estimator(),
    prices: money.priceBook([casePriceDocument("first"), casePriceDocument("second")]),
  });
  ports.transport.script = (_call, index) => scriptOf(calls[Math.min(index, calls.length - 1)], dialect);
  return ports;
}

/** A request in its dialect, as the surface would hand it over. */
export function caseContext(
  ports: StagePorts,
  route: Route,
  { dialect: name = "openai-chat", model = "large", letters = 385, stream = false }: Partial<AttemptCase>,
  more: JsonObject = {},
): StageContext {
  const limit = name === "anthropic-messages" ? { max_tokens: 1_000 } : {};
  const messages = [{ role: "user", content: "x".repeat(letters) }];
  const document: JsonObject = { model, messages, ...limit, ...(stream ? { stream: true } : {}), ...more };
  const rawBody = new TextEncoder().encode(JSON.stringify(document));
  const request = ports.dialects[name].readRequest(document, rawBody.length);
  const context = createStageContext({ ports, changes: { route } });
  return { ...context, request, rawBody, targets: [{ endpoint: stageEndpoint("first"), model }] };
}

function routeOf({ exactCache, coalesce, drain, retryAmbiguous, targets }: CaseRoute): Route {
  const base = stageRoute();
  const use = (targets ?? []).map((target): Target => {
    const [endpoint = "", model = ""] = target.split("/");
    return { endpoint: stageEndpoint(endpoint), model };
  });
  return stageRoute({
    exactCache: { ...base.exactCache, enabled: exactCache === true },
    coalesce: { enabled: coalesce === true },
    retry: { ...base.retry, retryAmbiguous: retryAmbiguous === true },
    abort: { ...base.abort, mode: drain === true ? "drain" : "cut" },
    rules: isSome(use) ? [{ name: "cases", when: {}, use }] : [],
  });
}

function isSome<Item>(items: readonly Item[]): items is readonly [Item, ...Item[]] {
  return items.length > 0;
}

async function sendOne(
  answering: ReturnType<ReturnType<MoneyUnderTest["pipeline"]>>,
  ports: StagePorts,
  leaves: boolean,
): Promise<void> {
  try {
    const reply = await answering;
    if (reply.kind !== "stream") return;
    // Whoever is about to leave takes the first piece and no more.
    const sink = CollectingSink.open(reply, () => !leaves);
    if (!leaves) return;
    await ports.clock.advanceAsync(10);
    sink.control?.cancel();
  } catch {
    // A failed request has its row like any other, and the row is what is looked at.
  }
}

/** Long enough for back-offs, drains and deadlines. */
export async function letPass(ports: StagePorts): Promise<void> {
  for (let step = 0; step < 40; step++) await ports.clock.advanceAsync(500);
}

/** What a turn is on the wire. */
export function scriptOf(turn: ProviderTurn | undefined, dialect: DialectName): Script {
  if (turn === undefined) return {};
  if ("nothing" in turn) return { failure: { kind: turn.nothing, sent: turn.sent, message: "planted" } };
  if ("reply" in turn) {
    return { status: turn.status ?? 200, pieces: [new TextEncoder().encode(JSON.stringify(turn.reply))] };
  }
  const { events, ending } = turn;
  const wholeStream = eventStream(dialect, events);
  const pieces =
    ending === undefined ? splitEvents(wholeStream) : splitEvents(wholeStream).filter((piece) => !isDone(piece));
  const headers = ["content-type", "text/event-stream"];
  if (ending === "silence") return { headers, pieces, hangs: true };
  const failure = { kind: "reset", sent: true, message: "planted" } as const;
  return ending === "break" ? { status: 200, headers, pieces, failure } : { headers, pieces };
}

function splitEvents(bytes: Uint8Array): readonly Uint8Array[] {
  const blocks = new TextDecoder().decode(bytes).split(/(?<=\n\n)/);
  return blocks.map((block) => new TextEncoder().encode(block));
}

function isDone(piece: Uint8Array): boolean {
  return new TextDecoder().decode(piece).startsWith("data: [DONE]");
}

function seenRecord({ attempts, cost, savings }: RequestRecord): unknown {
  return {
    attempts: attempts.map((attempt) => ({
      outcome: attempt.outcome,
      source: attempt.usage.source,
      state: attempt.cost.state,
      picoUsd: attempt.cost.picoUsd,
    })),
    state: cost.state,
    picoUsd: cost.picoUsd,
    saved: Object.fromEntries(savings.map(({ technique, picoUsd }) => [technique, picoUsd])),
  };
}
