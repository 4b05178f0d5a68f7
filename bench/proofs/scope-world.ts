import { createRefresher } from "../../src/assembly/answers/refresh-answers.ts";
import { buildPipeline } from "../../src/pipeline/order.ts";
import type { KeyMistake } from "../../src/pipeline/test-key-mistakes.ts";
import { allDialects } from "../../src/providers/dialects/all-dialects.ts";
import { saysOf } from "../../src/providers/translation/carried-fields.ts";
import { createTranslator } from "../../src/providers/translation/translator.ts";
import { noCacheWishes } from "../../src/spec/cache-control.ts";
import type { Context } from "../../src/spec/context.ts";
import type { Ports } from "../../src/spec/ports.ts";
import type { Reply } from "../../src/spec/reply.ts";
import type { Handler } from "../../src/spec/stage.ts";
import type { ProviderCall, Transport } from "../../src/spec/transport.ts";
import { createMemoryAnswerStore } from "../../src/stores/memory/answers/memory-answer-store.ts";
import { type Script, ScriptedCall } from "../../src/testing/scripted-transport.ts";
import { createStageContext } from "../../src/testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../src/testing/stage-ports.ts";
import { discardLedger } from "../discard-ledger.ts";
import { MarkedAnswers, markedRefusal, markedVectors } from "./scope-answers.ts";
import { type Ask, dialectOf } from "./scope-asks.ts";
import { bodyOf, inputsOf, modelOf } from "./scope-bodies.ts";
import { callerOf, headersOf, namespaceOf, queryOf, scopeDigests } from "./scope-callers.ts";
import { scopeEndpoints, scopeRoutes } from "./scope-routes.ts";

/** A reply as its caller read it. */
export interface Told {
  readonly ask: Ask;
  /** The request's number, counted from 1. */
  readonly mark: number;
  /** 0: there was no answer; `text` says why. */
  readonly status: number;
  readonly origin: Reply["origin"];
  readonly text: string;
  /** Reasons in the request's journal. */
  readonly reasons: readonly string[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/**
 * All routes of the proof with everything that is behind them in a gateway but sockets and files: real dialects, keys, store
 * and stages, one store for all. The provider names in each answer the request that it was sent for.
 */
export class ScopeWorld {
  readonly #ports: StagePorts;
  readonly #handlers: readonly Handler[];
  readonly #answers: MarkedAnswers;
  readonly #asks = new WeakMap<Ports, Ask>();
  readonly #mistake: Pick<KeyMistake, "forget"> | null;
  #lastMark = 0;
  /** Time that the provider takes, milliseconds. */
  #delayMs = 0;

  /** @param mistake what every request forgets about itself, for the caches and all behind them; null: nothing. */
  constructor(mistake: Pick<KeyMistake, "forget"> | null) {
    this.#mistake = mistake;
    const translator = createTranslator(allDialects, saysOf);
    this.#answers = new MarkedAnswers(translator);
    let lastRefresh = 0n;
    const plain = createStagePorts();
    const refresher = createRefresher(() => --lastRefresh, plain.clock);
    this.#ports = {
      ...plain,
      dialects: allDialects,
      translator,
      digest: scopeDigests.digest,
      answers: createMemoryAnswerStore({ bytesMax: 64 * 2 ** 20 }) as unknown as StagePorts["answers"],
      ledger: discardLedger() as unknown as StagePorts["ledger"],
      refresh: refresher.refresh,
    };
    this.#handlers = scopeRoutes.map(({ route }) => buildPipeline(route, false));
    refresher.start((context) => this.#handle(context));
  }

  /** Lets time go by. */
  async pass(ms: number): Promise<void> {
    await this.#ports.clock.advanceAsync(ms);
  }

  /** Sends a request. Never rejects. */
  async ask(ask: Ask): Promise<Told> {
    const mark = ++this.#lastMark;
    const context = this.#contextOf(ask, mark);
    try {
      const reply = await this.#handle(context);
      const text = reply.kind === "whole" ? decoder.decode(reply.body) : await readStream(reply);
      const reasons = context.journal.entries.map(({ reason }) => reason);
      return { ask, mark, status: reply.status, origin: reply.origin, text, reasons };
    } catch (error) {
      return { ask, mark, status: 0, origin: "provider", text: String(error), reasons: [] };
    }
  }

  /** Sends some at the same moment, so that answers are on their way when others ask. */
  async askAtOnce(asks: readonly Ask[]): Promise<readonly Told[]> {
    this.#delayMs = 1;
    const told: Told[] = [];
    const asking = asks.map(async (ask) => void told.push(await this.ask(ask)));
    for (let turn = 0; told.length < asks.length; turn++) {
      if (turn > 100) throw new Error("Requests at the same moment wait for each other.");
      await this.pass(1);
    }
    await Promise.all(asking);
    this.#delayMs = 0;
    return told;
  }

  #handle(context: Context): Promise<Reply> {
    const ask = this.#asks.get(context.ports);
    const handler = ask === undefined ? undefined : this.#handlers[ask.route];
    if (handler === undefined) throw new Error("A request without a route.");
    return handler(this.#mistake?.forget(context) ?? context);
  }

  #contextOf(ask: Ask, mark: number): Context {
    const dialect = dialectOf(ask);
    const stream = ask.form > 0;
    const document = bodyOf(ask);
    const rawBody = encoder.encode(JSON.stringify(document));
    const endpoint = scopeEndpoints[ask.endpoint] ?? scopeEndpoints[0];
    const ports = { ...this.#ports, transport: this.#transportFor(ask, mark) };
    this.#asks.set(ports, ask);
    const context = createStageContext({
      ports: this.#ports,
      changes: {
        route: (scopeRoutes[ask.route] ?? scopeRoutes[0]).route,
        caller: callerOf(ask, endpoint.id),
        query: queryOf(ask),
        headers: headersOf(ask),
        targets: [{ endpoint, model: modelOf(ask) }],
        cacheControl: { ...noCacheWishes, namespace: namespaceOf(ask) },
      },
    });
    const path = { model: modelOf(ask), stream };
    return { ...context, ports, rawBody, request: allDialects[dialect].readRequest(document, rawBody.length, path) };
  }

  /** Each request has a line of its own to the provider, so an answer tells for whom it was bought, whatever the keys say. */
  #transportFor(ask: Ask, mark: number): Transport {
    return {
      send: (call, receiver) => {
        const script = this.#scriptOf(ask, mark, call);
        const delay = this.#delayMs === 0 ? {} : { delayMs: this.#delayMs };
        return new ScriptedCall(call, receiver, { ...script, ...delay }, this.#ports.clock);
      },
    };
  }

  #scriptOf(ask: Ask, mark: number, { body }: ProviderCall): Script {
    if (decoder.decode(body).includes("refused")) return markedRefusal(mark);
    const dialect = dialectOf(ask);
    if (dialect === "openai-embeddings") return markedVectors(body, inputsOf(ask), mark);
    return this.#answers.answer(dialect, ask.form > 0, mark);
  }
}

function readStream(reply: Extract<Reply, { kind: "stream" }>): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: string[] = [];
    reply.open({
      chunk: (bytes) => {
        pieces.push(decoder.decode(bytes));
        return true;
      },
      end: (lastBytes, { complete }) => {
        if (complete) resolve(pieces.join("") + decoder.decode(lastBytes));
        else reject(new Error(`A stream broke off: ${pieces.join("")}`));
      },
    });
  });
}
