import type { InstallationAnswers } from "../assembly/answers/installation-answers.ts";
import {
  createWarmEngine,
  type RecordedAnswer,
  tallyWith,
  warmDialects,
  type WarmEngine,
  type WarmResult,
  type WarmTally,
} from "../assembly/answers/warm-engine.ts";
import type { BodyReader } from "../assembly/open-bodies.ts";
import { keptCallOf } from "../gateway/recorded-call.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { AskedHow, ExportedBody } from "../spec/body-store.ts";
import type { FarthingConfig } from "../spec/config.ts";

/** What reading the own bodies into the cache needs. */
export interface WarmBodies {
  readonly reader: BodyReader;
  readonly config: FarthingConfig;
  readonly answers: InstallationAnswers;
  /** Take also what was asked before this store began or while the cache was off: nothing tells what was called back since. */
  readonly asOfNow: boolean;
  /** Told after each batch, with the share of the records that were read; false asks to stop there. */
  readonly onProgress: (progress: WarmedBodies, share: number) => boolean;
  readonly onRefused: (requestId: string, why: string) => void;
}

/** How far the reading came. */
export interface WarmedBodies extends WarmTally {
  /** Replies that were bought and can still be read. */
  readonly exchanges: number;
  /** All records were read. */
  readonly complete: boolean;
}

/** Exchanges between two looks at whether to go on. */
const exchangesAtOnce = 500;
/** Requests that wait for their reply, which comes soon behind them or never; the oldest are forgotten. */
const waitingMax = 10_000;

const unknownSince =
  "it was asked before this store began, or while the cache was off: whether it was called back since is not known (--as-of-now takes it all the same)";

type Kept = ExportedBody & { readonly asked: AskedHow; readonly body: Uint8Array };

/**
 * Reads the exchanges that this installation has kept into its cache, oldest first. A reply that was itself given from a cache is
 * passed over: its life counts from when it was bought. Again it begins with the first record and stores nothing twice.
 */
export async function warmFromBodies(warm: WarmBodies): Promise<WarmedBodies> {
  const { reader, config, answers } = warm;
  const { digests, directory, clock } = answers;
  const engine = createWarmEngine({ config, keysFile: directory.keysFile, digests, answers: answers.store, clock });
  const last = Number(reader.lastPosition());
  const waiting = new Map<bigint, Kept>();
  let progress: WarmedBodies = { exchanges: 0, stored: 0, known: 0, refused: 0, complete: false };
  let batch: Promise<readonly [bigint, WarmResult]>[] = [];
  const settle = async (share: number): Promise<boolean> => {
    const results = await Promise.all(batch);
    batch = [];
    const tally = tallyWith(
      progress,
      results.map(([, result]) => result),
    );
    progress = { ...tally, exchanges: progress.exchanges + results.length };
    for (const [id, result] of results) if (typeof result === "object") warm.onRefused(requestIdOf(id), result.refused);
    return warm.onProgress(progress, share);
  };
  try {
    for await (const record of reader.read({})) {
      if (isRequest(record)) remember(waiting, record);
      else {
        const exchange = takeExchange(waiting, record);
        if (exchange !== null) batch.push(warmOne(warm, engine, exchange));
      }
      if (batch.length >= exchangesAtOnce && !(await settle(Number(record.position) / last))) return progress;
    }
    await settle(1);
    return { ...progress, complete: true };
  } finally {
    await engine.close();
  }
}

interface Exchange {
  readonly request: Kept;
  readonly reply: ExportedBody;
  readonly answer: Omit<RecordedAnswer, "ticket">;
}

function isRequest(record: ExportedBody): record is Kept {
  return record.asked !== null && record.body !== null;
}

function remember(waiting: Map<bigint, Kept>, request: Kept): void {
  waiting.set(request.id, request);
  const [oldest] = waiting.size > waitingMax ? waiting.keys() : [];
  if (oldest !== undefined) waiting.delete(oldest);
}

/** Null: nothing was bought here, or it can be read no more. */
function takeExchange(waiting: Map<bigint, Kept>, reply: ExportedBody): Exchange | null {
  const request = waiting.get(reply.id);
  waiting.delete(reply.id);
  const { body, answered, atMs } = reply;
  if (request === undefined || body === null || answered?.origin !== "provider") return null;
  const { endpointId, model } = answered;
  const boughtFrom = endpointId === null || model === null ? null : { endpointId, model };
  const form = request.asked.stream ? "stream" : "whole";
  return { request, reply, answer: { bytes: body, form, boughtAtMs: atMs, boughtFrom } };
}

/** Never rejects for what an exchange holds; a store that cannot be written is no exchange's fault and ends the reading. */
async function warmOne(
  { config, answers: { store, clock }, asOfNow }: WarmBodies,
  engine: WarmEngine,
  { request, reply, answer }: Exchange,
): Promise<readonly [bigint, WarmResult]> {
  const { id, asked, owner, body, atMs } = request;
  const why = whyNot(asked, reply);
  if (why !== null) return [id, { refused: why }];
  try {
    const { generation } = await store.ticketOf(owner, clock.nowMs());
    const isOfThisStore = asked.ticket?.generation === generation;
    if (!isOfThisStore && !asOfNow) return [id, { refused: unknownSince }];
    const ticket = isOfThisStore ? asked.ticket : null;
    const dialect = warmDialects[asked.dialect];
    const times = { atMs, nowUs: clock.monotonicUs(), jsonDepthMax: config.limits.jsonDepthMax };
    return [id, await engine.warm(keptCallOf({ dialect, owner, asked, body, id, ...times }), { ...answer, ticket })];
  } catch (error) {
    if (FarthingError.isInstance(error)) return [id, { refused: error.message }];
    throw error;
  }
}

function whyNot({ isResource, callerKind }: AskedHow, { status, complete }: ExportedBody): string | null {
  if (isResource) return "it was no call of a model";
  // Whose endpoint it is, only the key itself tells.
  if (callerKind === "own-key") return "it was asked with the caller's own key, which is not kept";
  return status === 200 && complete === true ? null : "its answer is not complete, or an error";
}
