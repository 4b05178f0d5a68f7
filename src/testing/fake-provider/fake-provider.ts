import { scenarioOfKey, type Behaviour } from "./behaviour.ts";
import { CallLog, monotonicMs } from "./call-log.ts";
import { chaosBehaviour } from "./chaos.ts";
import type { IncomingCall } from "./http-reader.ts";
import { identifyCall, type IdentifiedCall } from "./identify-call.ts";
import { invoicePicoUsd, noTokens, type CountedTokens } from "./invoice.ts";
import { FileShelf } from "./openai-media/file-shelf.ts";
import { ResponseStore } from "./openai-responses/response-store.ts";
import { pacingOf, type Pacing } from "./pacing.ts";
import { refused } from "./plain-reply.ts";
import { prepareReply } from "./prepare-reply.ts";
import type { CallSetting, PreparedReply } from "./prepared-reply.ts";
import { PromptCache } from "./prompt-cache.ts";
import type { ProviderMemory } from "./route-call.ts";
import { InferenceEngine } from "./self-hosted/engine.ts";
import { queueFull } from "./self-hosted/errors.ts";
import { metricsPage, metricsType } from "./self-hosted/metrics-page.ts";
import { responseHead, sendReply, type SendResult } from "./send-reply.ts";
import { readScenarios, type FakeProviderSettings } from "./settings.ts";
import { sendStatic } from "./static-replies.ts";
import { faceOf } from "./vendor-face.ts";
import type { Wire } from "./wire.ts";

/** Keys whose requests are counted; a test that uses more gets a new count for the oldest. */
const keysMax = 200_000;

const honest: Behaviour = {};

/** The client went away before a byte of its answer left. */
const leftUnanswered: SendResult = { end: "peer-cut", generated: 0, usageDelivered: false };

/** What is known of a key: its scenario, and how many requests it made. */
interface KeyState {
  readonly steps: readonly Behaviour[] | null;
  requests: number;
}

/** The provider behind all connections: counts requests, decides how each goes wrong, keeps the log. */
export class FakeProvider {
  readonly #settings: FakeProviderSettings;
  readonly #log: CallLog;
  readonly #memory: ProviderMemory;
  /** The queue of a server of one's own; null where the provider plays the vendors. */
  readonly #engine: InferenceEngine | null;
  readonly #scenarios: Map<string, readonly Behaviour[]>;
  readonly #keys = new Map<string, KeyState>();
  #requests = 0;
  #open = 0;
  #stopping = false;

  constructor(settings: FakeProviderSettings) {
    this.#settings = settings;
    this.#log = new CallLog(settings.logFile);
    const cache = settings.promptCache ? new PromptCache(monotonicMs) : null;
    this.#memory = { cache, responses: new ResponseStore(), files: new FileShelf() };
    this.#engine = settings.selfHosted === null ? null : new InferenceEngine(settings.selfHosted, monotonicMs);
    this.#scenarios = new Map(settings.scenarios);
  }

  /** From now on calls that are cut off count as stopped by the provider. */
  stop(): void {
    this.#stopping = true;
  }

  /** Settles once the calls that were cut off have their last line in the log. */
  async ended(): Promise<void> {
    for (let turn = 0; turn < 1_000 && this.#open > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Answers one request. Settles when its response is over; true when the connection may be used again. */
  async handle(call: IncomingCall, wire: Wire): Promise<boolean> {
    if (this.#settings.staticReplies && call.method === "POST") {
      wire.begin(honest);
      await sendStatic(call, wire, this.#settings.staticPaceMs);
      return call.keepAlive && !wire.gone;
    }
    if (call.path === "/" || call.path === "/healthz") return this.#plain(wire, call, 200, '{"status":"ok"}');
    if (this.#engine !== null && call.method === "GET") {
      if (call.path === "/metrics") return this.#plain(wire, call, 200, metricsPage(this.#engine), metricsType);
      if (call.path === "/health") return this.#plain(wire, call, 200, "");
    }
    if (call.path.startsWith("/fake/") && call.path !== "/fake/redirect-target") return this.#admin(call, wire);
    return this.#apiCall(identifyCall(call), wire);
  }

  async #apiCall(given: IdentifiedCall, wire: Wire): Promise<boolean> {
    const number = ++this.#requests;
    const key = this.#keyState(given.key ?? "");
    const keyNumber = ++key.requests;
    const behaviour = this.#behaviourOf(key, keyNumber, number);
    const { seed, selfHosted, lengths } = this.#settings;
    const ownModel = selfHosted?.model ?? null;
    const setting: CallSetting = { number, seed, owner: given.keyDigest ?? "", nowMs: Date.now(), lengths, ownModel };
    this.#logArrival(given, number, keyNumber, behaviour);
    this.#open += 1;
    wire.begin(behaviour);
    const planned =
      given.call.path === "/fake/redirect-target"
        ? prepareReply({ ...given, key: "none" }, setting, { errorStatus: 404 }, this.#memory)
        : prepareReply(given, setting, behaviour, this.#memoryFor(behaviour));
    const { reply, result } = await this.#serve(given, setting, planned, behaviour, wire);
    this.#logEnd(given, number, reply, result, wire);
    this.#open -= 1;
    if (behaviour.closeAfter === true) wire.close();
    return given.call.keepAlive && !wire.gone;
  }

  /** A call that is never answered leaves nothing in the prompt cache. */
  #memoryFor(behaviour: Behaviour): ProviderMemory {
    return behaviour.stallBeforeHeaders === true ? { ...this.#memory, cache: null } : this.#memory;
  }

  /** Sends the reply; on a server of one's own, once there is a place for it. */
  async #serve(
    given: IdentifiedCall,
    setting: CallSetting,
    reply: PreparedReply,
    behaviour: Behaviour,
    wire: Wire,
  ): Promise<{ readonly reply: PreparedReply; readonly result: SendResult }> {
    const pacing = pacingOf(
      reply.status === 200 ? this.#settings.latency : "none",
      reply.seed,
      given.model ?? "",
      behaviour.firstTokenDelayMs ?? 0,
    );
    const send = (sent: PreparedReply): Promise<SendResult> => this.#send(given, sent, behaviour, pacing, wire);
    const engine = reply.servedModel === null ? null : this.#engine;
    if (engine === null) return { reply, result: await send(reply) };
    const admission = await engine.enter(given, reply, pacing, wire);
    if (admission === "left") return { reply: { ...reply, servedModel: null }, result: leftUnanswered };
    if (admission === "full") {
      const full = refused(faceOf(given.format, setting), setting, queueFull(engine.limits.queueDepth));
      return { reply: full, result: await send(full) };
    }
    const result = await send(reply);
    engine.leave(given, reply, result.generated);
    return { reply, result };
  }

  async #send(
    given: IdentifiedCall,
    reply: PreparedReply,
    behaviour: Behaviour,
    pacing: Pacing,
    wire: Wire,
  ): Promise<SendResult> {
    if (behaviour.stallBeforeHeaders !== true) return sendReply(wire, reply, behaviour, pacing, given.call.keepAlive);
    await wire.untilGone();
    return leftUnanswered;
  }

  #keyState(key: string): KeyState {
    let state = this.#keys.get(key);
    if (state === undefined) {
      const oldest = this.#keys.size >= keysMax ? this.#keys.keys().next() : null;
      if (oldest !== null && !oldest.done) this.#keys.delete(oldest.value);
      state = { steps: this.#scenarios.get(key) ?? scenarioOfKey(key), requests: 0 };
      this.#keys.set(key, state);
    }
    return state;
  }

  /** The key's scenario, by the number of its request; without one, chance. */
  #behaviourOf(key: KeyState, keyNumber: number, number: number): Behaviour {
    if (key.steps !== null) return key.steps[Math.min(keyNumber, key.steps.length) - 1] ?? honest;
    const { chaos, seed, chaosKinds } = this.#settings;
    return chaos === 0 ? honest : (chaosBehaviour(seed, number, chaos, chaosKinds) ?? honest);
  }

  #logArrival(given: IdentifiedCall, number: number, keyNumber: number, behaviour: Behaviour): void {
    const { call, bodySha256, keyDigest, model, stream } = given;
    this.#log.append({
      event: "arrived",
      number,
      keyNumber,
      method: call.method,
      path: call.path,
      bodyBytes: call.body.length,
      bodySha256,
      keyDigest,
      model,
      stream,
      headerNames: [...call.headers.keys()].toSorted(),
      behaviour: behaviour === honest ? null : { ...behaviour },
    });
  }

  #logEnd(given: IdentifiedCall, number: number, reply: PreparedReply, result: SendResult, wire: Wire): void {
    const tokens = billedTokens(reply, result.generated);
    const { call, bodySha256, keyDigest, model, stream } = given;
    const cut = result.end === "peer-cut" && this.#stopping ? "stopped" : result.end;
    const price = invoicePicoUsd(reply.price, tokens, Date.now());
    this.#log.append({
      event: "ended",
      number,
      method: call.method,
      path: call.path,
      bodySha256,
      keyDigest,
      model,
      stream,
      end: cut === "complete" && reply.status >= 300 ? "refused" : cut,
      status: wire.bytesSent === 0 ? 0 : reply.status,
      requestId: reply.requestId,
      responseId: reply.responseId,
      servedModel: reply.servedModel,
      bytesSent: wire.bytesSent,
      tokens,
      usageDelivered: reply.servedModel !== null && result.usageDelivered,
      cutAtMs: cut === "peer-cut" ? wire.cutAtMs : null,
      invoicePicoUsd: reply.servedModel === null ? "0" : (price?.toString() ?? null),
    });
  }

  async #admin(call: IncomingCall, wire: Wire): Promise<boolean> {
    if (call.method === "GET" && call.path === "/fake/log") {
      const since = Number(new URLSearchParams(call.query).get("since") ?? "0");
      return this.#plain(wire, call, 200, this.#log.readJson(Number.isInteger(since) && since >= 0 ? since : 0));
    }
    if (call.method === "GET" && call.path === "/fake/open") {
      return this.#plain(wire, call, 200, JSON.stringify({ open: this.#open, requests: this.#requests }));
    }
    if (call.method === "POST" && call.path === "/fake/scenarios") {
      try {
        for (const [key, steps] of readScenarios(call.body.toString())) {
          this.#scenarios.set(key, steps);
          this.#keys.delete(key);
        }
      } catch (error) {
        return this.#plain(wire, call, 400, JSON.stringify({ error: String(error) }));
      }
      return this.#plain(wire, call, 200, "{}");
    }
    return this.#plain(wire, call, 404, '{"error":"no such path"}');
  }

  async #plain(
    wire: Wire,
    call: IncomingCall,
    status: number,
    text: string,
    contentType = "application/json",
  ): Promise<boolean> {
    wire.begin(honest);
    const body = Buffer.from(text);
    const head = Buffer.from(responseHead(status, "", contentType, body.length, call.keepAlive));
    await wire.send(call.method === "HEAD" ? head : Buffer.concat([head, body]));
    return call.keepAlive && !wire.gone;
  }
}

/**
 * What is billed: the prompt, and what was generated until the response was over; thinking comes first. The vendors
 * publish no rule for calls that were cut; that a stopped generation costs what was generated is this provider's.
 */
function billedTokens(reply: PreparedReply, generated: number): CountedTokens {
  if (reply.servedModel === null) return noTokens;
  const reasoning = Math.min(reply.reasoningTokens, generated);
  return { ...reply.prompt, reasoning, output: Math.min(reply.outputTokens, generated - reasoning) };
}
