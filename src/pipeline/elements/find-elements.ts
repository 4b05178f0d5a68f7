import { judgeFreshness } from "../../policies/freshness.ts";
import type { AnswerTicket, FoundAnswer, StoredAnswer } from "../../spec/answer-store.ts";
import type { Context } from "../../spec/context.ts";
import { snapshotWatchOf } from "../answers/snapshot-watch.ts";
import type { ElementPlan } from "./admit-elements.ts";
import type { KnownElement } from "./known-element.ts";

/** What the store holds of a request's inputs. */
export interface FoundElements {
  /** By key; only what may be served now, all of one snapshot. */
  readonly known: ReadonlyMap<string, KnownElement>;
  /** By key; absent or null: nothing is to be stored under it. */
  readonly tickets: ReadonlyMap<string, AnswerTicket | null>;
  /** Worth of what was found, by key: what it cost, 0 where nobody knows. */
  readonly worths: ReadonlyMap<string, bigint>;
}

/** Looks all inputs up at once. Rejects, or throws, when the store fails. */
export async function findElements(context: Context, plan: ElementPlan): Promise<FoundElements> {
  const { answers, clock } = context.ports;
  const keys = [...plan.distinct.keys()];
  if (!plan.lookUp) {
    // Whoever wants fresh answers looks nothing up, and needs to know where the owner's invalidations stand all the same.
    const ticket = await answers.ticketOf(plan.scope.owner, clock.nowMs());
    return { known: new Map(), tickets: new Map(keys.map((key) => [key, ticket])), worths: new Map() };
  }
  const found = await answers.getMany(plan.scope, keys, clock.nowMs());
  const tickets = new Map(keys.map((key, index) => [key, found[index]?.ticket ?? null]));
  const usable = keys.flatMap((key, index): [string, StoredAnswer][] => {
    const answer = answerIn(context, plan, found[index]);
    return answer === null ? [] : [[key, answer]];
  });
  const served = newestOf(usable)?.servedModel;
  const alike = usable.filter(([, answer]) => answer.servedModel === served);
  return {
    known: new Map(alike.map(([key, answer]) => [key, knownElementOf(answer)])),
    tickets,
    worths: new Map(alike.map(([key, answer]) => [key, answer.costPicoUsd])),
  };
}

/** The answer when it may be served now. A stale one may not: nobody would fetch another for it. */
function answerIn(context: Context, { life }: ElementPlan, found: FoundAnswer | undefined): StoredAnswer | null {
  const answer = found?.answer ?? null;
  if (answer === null || answer.status !== 200 || answer.kind !== "whole" || answer.pieces.length !== 1) return null;
  const { ports, cacheControl } = context;
  if (snapshotWatchOf(ports.answers).isEnded(answer)) return null;
  return judgeFreshness(answer, life, cacheControl, ports.clock.nowMs()) === "fresh" ? answer : null;
}

/** Vectors of different snapshots cannot be compared, so the newest says which snapshot's are taken. */
function newestOf(answers: readonly (readonly [string, StoredAnswer])[]): StoredAnswer | null {
  let newest: StoredAnswer | null = null;
  for (const [, answer] of answers) if (newest === null || answer.storedAtMs > newest.storedAtMs) newest = answer;
  return newest;
}

function knownElementOf({
  pieces,
  usage,
  servedModel,
  boughtBy,
  endpointId,
  vendor,
  model,
}: StoredAnswer): KnownElement {
  const [bytes = noBytes] = pieces;
  return { bytes, usage, servedModel, purchase: { boughtBy, endpointId, vendor, model } };
}

const noBytes = new Uint8Array(0);
