import type { Context } from "../../spec/context.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { RequestRecord } from "../../spec/ledger.ts";
import type { Reply } from "../../spec/reply.ts";
import type { ExactCachePolicy, Route } from "../../spec/route.ts";
import type { Handler } from "../../spec/stage.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer } from "../../testing/plain-dialect.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import {
  createStageContext,
  type StageContext,
  stageCache,
  stageCaller,
  stageRoute,
} from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { buildPipeline } from "../order.ts";

/** Headers of a provider's stream. */
export const eventStream: readonly string[] = ["content-type", "text/event-stream", "set-cookie", "secret=1"];

/** What a test says about one request. */
export interface CacheAsk {
  readonly body?: JsonObject;
  readonly claims?: Partial<Context["caller"]["claims"]>;
  readonly changes?: Partial<Omit<Context, "ports" | "request" | "rawBody" | "route" | "caller">>;
}

/** A route with its cache on, over a store and a provider that can be looked into. */
export class CacheRig {
  readonly ports: StagePorts;
  readonly route: Route;
  readonly handler: Handler;

  constructor(
    cache: Partial<ExactCachePolicy> = {},
    ports: StagePorts = createStagePorts(),
    route: Partial<Route> = {},
  ) {
    this.ports = ports;
    const exactCache = stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 300, ...cache });
    this.route = stageRoute({ exactCache, retry: { ...stageRoute().retry, enabled: false }, ...route });
    this.handler = buildPipeline(this.route, false);
    this.answers({ pieces: [plainAnswer("hi")] });
  }

  /** From now on the provider does this. */
  answers(script: Script): void {
    this.ports.transport.script = () => script;
  }

  /** From now on the provider answers `answer 0`, `answer 1` and so on. */
  counts(): void {
    this.ports.transport.script = (_call, index) => ({ pieces: [plainAnswer(`answer ${index}`)] });
  }

  contextOf({ body = {}, claims = {}, changes = {} }: CacheAsk = {}): StageContext {
    const caller = stageCaller({ claims: { tags: [], ...claims } });
    return createStageContext({ ports: this.ports, body, changes: { route: this.route, caller, ...changes } });
  }

  /** One request, its stream read to the end. */
  async ask(one: CacheAsk = {}): Promise<Reply> {
    const reply = await this.handler(this.contextOf(one));
    if (reply.kind === "stream") {
      const sink = CollectingSink.open(reply);
      await this.ports.clock.advanceAsync(1);
      // Fails unless there is exactly one end.
      void sink.onlyEnd;
    }
    return reply;
  }

  /** The text of a plain whole answer. */
  async text(one: CacheAsk = {}): Promise<string> {
    const reply = await this.ask(one);
    if (reply.kind === "stream") throw new Error("expected a whole answer");
    return String((JSON.parse(new TextDecoder().decode(reply.body)) as JsonObject)["text"]);
  }

  /** The stage's reason and note for every request, in their order. */
  get reasons(): readonly string[] {
    return this.rows.map(({ journal }) => {
      const entry = journal.find(({ stage }) => stage === "exact-cache");
      return entry === undefined ? "" : `${entry.reason}${entry.note === undefined ? "" : `: ${entry.note}`}`;
    });
  }

  get rows(): readonly RequestRecord[] {
    return this.ports.ledger.records;
  }

  /** Calls that the provider got. */
  get calls(): number {
    return this.ports.transport.calls.length;
  }
}
