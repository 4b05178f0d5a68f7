import type { InstallationAnswers } from "../assembly/answers/installation-answers.ts";
import { looksLikeAnswerLine, readAnswerLine } from "../assembly/answers/answer-line.ts";
import { readLines } from "../assembly/answers/read-lines.ts";
import { keepWarmProgress, type WarmProgress } from "../assembly/answers/warm-progress.ts";
import { readWarmRow } from "../assembly/answers/warm-row.ts";
import { createWarmEngine, tallyWith, type WarmEngine, type WarmResult } from "../assembly/answers/warm-engine.ts";
import type { KeyedDigests } from "../assembly/access/keyed-digests.ts";
import type { Identity } from "../assembly/access/credentials.ts";
import { engineCallOf } from "../gateway/recorded-call.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { DialectName } from "../spec/request.ts";

/** A row that was not stored, and why. */
export interface RefusedRow {
  readonly line: number;
  readonly why: string;
}

/** What reading a file into the cache needs. */
export interface WarmFile {
  readonly file: string;
  readonly from: WarmProgress;
  readonly config: FarthingConfig;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly answers: InstallationAnswers;
  /** Told after each batch; false asks to stop there. */
  readonly onProgress: (progress: WarmProgress) => boolean;
  readonly onRefused: (row: RefusedRow) => void;
}

/** Rows between two notes of how far the reading came. */
const rowsAtOnce = 500;
/** Longest line: a body of a mebibyte, its answer, and their spelling. */
const lineBytesMax = 16_777_216;

/** Reads a file of recorded exchanges, or of exported answers, into the store. Resumable at every batch; nothing is stored twice. */
export async function warmFromFile(warm: WarmFile): Promise<WarmProgress> {
  const { file, answers, config } = warm;
  const { digests, directory, clock } = answers;
  const engine = createWarmEngine({ config, keysFile: directory.keysFile, digests, answers: answers.store, clock });
  let progress = warm.from;
  let pending: Promise<WarmResult>[] = [];
  const settle = async (endsAt: number): Promise<boolean> => {
    const first = progress.lines + 1;
    const results = await Promise.all(pending);
    pending = [];
    progress = { ...tallyWith(progress, results), offset: endsAt, lines: progress.lines + results.length };
    for (const [index, result] of results.entries())
      if (typeof result === "object") warm.onRefused({ line: first + index, why: result.refused });
    keepWarmProgress(file, progress);
    return warm.onProgress(progress);
  };
  try {
    let endsAt = progress.offset;
    for await (const line of readLines(file, progress.offset, lineBytesMax)) {
      pending.push(warmLine(warm, engine, line.text));
      ({ endsAt } = line);
      if (pending.length >= rowsAtOnce && !(await settle(endsAt))) return progress;
    }
    if (pending.length > 0) await settle(endsAt);
    return progress;
  } finally {
    await engine.close();
  }
}

/** Never rejects for what a line holds; a store that cannot be written is no row's fault and ends the reading. */
async function warmLine(warm: WarmFile, engine: WarmEngine, text: string): Promise<WarmResult> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { refused: "is not JSON" };
  }
  if (looksLikeAnswerLine(document)) return takeAnswer(warm, document);
  const row = readWarmRow(document);
  if (typeof row === "string") return { refused: row };
  const { config, dialects, answers } = warm;
  const nowMs = answers.clock.nowMs();
  const boughtAtMs = row.boughtAtMs ?? nowMs;
  if (boughtAtMs > nowMs) return { refused: "boughtAt lies in the future" };
  try {
    const call = engineCallOf({
      dialect: dialects[row.dialect],
      path: row.path,
      headers: row.headers,
      body: row.request,
      identity: tenantIdentity(row.tenant, answers.digests),
      id: 0n,
      atMs: nowMs,
      nowUs: answers.clock.monotonicUs(),
      jsonDepthMax: config.limits.jsonDepthMax,
    });
    return await engine.warm(call, { bytes: row.answer, form: "whole", boughtAtMs, boughtFrom: null, ticket: null });
  } catch (error) {
    if (FarthingError.isInstance(error)) return { refused: error.message };
    throw error;
  }
}

/** An exported answer goes back under its own key: it is of this installation, or nobody will ever ask for it. */
async function takeAnswer({ answers: { store, clock } }: WarmFile, document: unknown): Promise<WarmResult> {
  const entry = readAnswerLine(document);
  if (typeof entry === "string") return { refused: entry };
  const nowMs = clock.nowMs();
  if (entry.answer.endsAtMs <= nowMs) return { refused: "its life is over" };
  const { answer, ticket } = await store.get(entry.scope, entry.key, nowMs);
  if (answer !== null && answer.storedAtMs >= entry.answer.storedAtMs) return "known";
  await store.set(
    entry.scope,
    entry.key,
    entry.answer,
    ticket ?? (await store.ticketOf(entry.scope.owner, nowMs)),
    nowMs,
  );
  return "stored";
}

/** Any key of the tenant: who shares is the tenant's, whichever of its keys asks. */
function tenantIdentity(tenant: string, digests: KeyedDigests): Identity {
  return {
    kind: "local-key",
    keyId: "farthing:warm",
    scope: digests.scopeOf("tenant", tenant),
    providerKey: null,
    pinnedClaims: {},
    untilMs: Number.POSITIVE_INFINITY,
  };
}
