import { createHash } from "node:crypto";
import { request } from "node:http";
import { startFakeProvider } from "../../src/testing/fake-provider/start-fake-provider.ts";
import { gatewayCommand, startServerProcess, writeGatewayConfig } from "../child-process.ts";
import { quantile, type Result } from "../measurement.ts";
import { attemptRows, ledgerRows, type AttemptRow, type LedgerRow } from "./ledger-rows.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

/** What the fake provider would invoice for one call, as its own log tells it. */
interface InvoiceLine {
  readonly event: string;
  readonly number: number;
  readonly keyDigest: string;
  readonly end?: string;
  readonly requestId?: string;
  readonly invoicePicoUsd?: string | null;
  readonly usageDelivered?: boolean;
}

const gatewayConfig = `routes:
  - name: money
    retry: { backoff: 5ms, backoffMax: 1s, retryAmbiguous: true }
    timeouts: { firstByte: 900ms, idle: 900ms, total: 8s }
    exactCache: { enabled: true }
    targets:
      - { name: cheap-openai, when: { task: classification, model: "gpt-*" }, use: [openai/gpt-4o-mini] }
      - { name: cheap-anthropic, when: { task: classification, model: "claude-*" }, use: [anthropic/claude-haiku-4-5] }
`;

/**
 * The ledger against the provider's own invoice over random calls with errors, resets, stalls, retries and callers who
 * leave: calls match one to one, reported usage prices exactly, and what had to be estimated is marked and never free.
 */
export async function proveMoney({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const total = quick ? 150 : 1_000;
  return withScratch(async (directory) => {
    const provider = await startFakeProvider({ seed, latency: "fast", chaos: 0.3 });
    const gateway = await startServerProcess(
      gatewayCommand(writeGatewayConfig(directory, provider.origin, gatewayConfig), "quiet"),
    );
    const chance = createSeededRandom(seed);
    const plans = Array.from({ length: total }, (_, index) => planCall(index, chance));
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let plan = plans[next++]; plan !== undefined; plan = plans[next++]) await sendCall(gateway.port, plan);
    };
    await Promise.all(Array.from({ length: 24 }, worker));
    await pause(3_000);
    await gateway.stop();
    await pause(500);
    const lines = (await provider.readLog()) as unknown as readonly InvoiceLine[];
    await provider.stop();
    return judge(total, lines, ledgerRows(directory), attemptRows(directory));
  });
}

interface PlannedCall {
  readonly key: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds after which the caller leaves; null: it stays. */
  readonly leaveAfterMs: number | null;
}

/** Every call has a key of its own, so that the provider's log tells which calls belong together. */
function planCall(index: number, chance: () => number): PlannedCall {
  const anthropic = chance() < 0.5;
  const stream = chance() < 0.5;
  const asksUsage = chance() < 0.5;
  const models = anthropic ? ["claude-haiku-4-5", "claude-sonnet-4-5"] : ["gpt-4o", "gpt-4o-mini"];
  const text = `Question ${index}: ${"please explain the return policy ".repeat(1 + Math.floor(chance() * 60))}`;
  const streamFields = stream
    ? { stream: true, ...(asksUsage && !anthropic ? { stream_options: { include_usage: true } } : {}) }
    : {};
  const key = `sk-money-${index}`;
  const task = chance() < 0.3 ? "classification" : "question";
  return {
    key,
    path: anthropic ? "/v1/messages" : "/v1/chat/completions",
    headers: {
      ...(anthropic ? { "x-api-key": key, "anthropic-version": "2023-06-01" } : { authorization: `Bearer ${key}` }),
      "x-farthing-step": String(index),
      "x-farthing-task": task,
    },
    body: JSON.stringify({
      model: models[Math.floor(chance() * models.length)],
      max_tokens: 300,
      messages: [{ role: "user", content: text }],
      ...streamFields,
    }),
    leaveAfterMs: chance() < 0.15 ? chance() * 250 : null,
  };
}

function sendCall(port: number, plan: PlannedCall): Promise<void> {
  return new Promise((resolve) => {
    const headers = {
      ...plan.headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(plan.body),
    };
    const call = request({ port, host: "127.0.0.1", path: plan.path, method: "POST", headers }, (response) => {
      response.resume();
      response.once("error", () => {});
    });
    call.once("error", () => {});
    call.once("close", () => resolve());
    call.end(plan.body);
    if (plan.leaveAfterMs !== null) setTimeout(() => call.destroy(), plan.leaveAfterMs);
  });
}

interface MatchedCall {
  readonly attempt: AttemptRow;
  readonly line: InvoiceLine;
}

function judge(
  total: number,
  lines: readonly InvoiceLine[],
  rows: readonly LedgerRow[],
  attempts: readonly AttemptRow[],
): readonly Result[] {
  const arrived = lines.filter((line) => line.event === "arrived");
  const ended = new Map(lines.filter((line) => line.event === "ended").map((line) => [line.number, line]));
  const matched: MatchedCall[] = [];
  let unknownToLedger = 0;
  let unknownToProvider = 0;
  for (let index = 0; index < total; index += 1) {
    const digest = createHash("sha256").update(`sk-money-${index}`).digest("hex").slice(0, 16);
    const ids = new Set(rows.filter((row) => row.step === String(index)).map((row) => row.id));
    const ours = attempts.filter((attempt) => ids.has(attempt.requestId) && attempt.outcome !== "failed-before-send");
    const theirs = arrived.filter((line) => line.keyDigest === digest);
    unknownToLedger += Math.max(0, theirs.length - ours.length);
    // A caller may leave while its call is on the way: the ledger knows it was sent, the provider never read it whole.
    const unseen = Math.max(0, ours.length - theirs.length);
    unknownToProvider += ours.at(-1)?.outcome === "aborted" ? Math.max(0, unseen - 1) : unseen;
    for (const [position, line] of theirs.entries()) {
      const attempt = ours[position];
      const end = ended.get(line.number);
      if (attempt !== undefined && end !== undefined) matched.push({ attempt, line: end });
    }
  }
  return [
    counted("calls", arrived.length, total, null, "calls"),
    counted("calls-missing-in-ledger", unknownToLedger, arrived.length, { op: "==", value: 0 }, "calls"),
    counted("calls-missing-at-provider", unknownToProvider, arrived.length, { op: "==", value: 0 }, "calls"),
    counted(
      "wrong-provider-request-id",
      matched.filter(hasOtherId).length,
      matched.length,
      { op: "==", value: 0 },
      "calls",
    ),
    ...judgeMoney(matched),
    ...judgeSavings(rows),
  ];
}

const hasOtherId = ({ attempt, line }: MatchedCall): boolean =>
  attempt.providerRequestId !== null && attempt.providerRequestId !== line.requestId;

function judgeMoney(matched: readonly MatchedCall[]): readonly Result[] {
  const reported = matched.filter(({ attempt }) => attempt.usageSource === "provider");
  const wrong = reported.filter(({ attempt, line }) => String(attempt.costPicoUsd) !== line.invoicePicoUsd).length;
  const invoiced = matched.filter(({ line }) => line.invoicePicoUsd !== "0");
  const guessed = invoiced.filter(({ attempt }) => attempt.usageSource !== "provider");
  const free = guessed.filter(({ attempt }) => attempt.costState !== "estimated" || attempt.costPicoUsd <= 0n).length;
  const refusedButPaid = matched.filter(
    ({ attempt, line }) => line.invoicePicoUsd === "0" && attempt.outcome === "refused" && attempt.costPicoUsd !== 0n,
  );
  const errors = guessed.map(({ attempt, line }) => Number(attempt.costPicoUsd) / Number(line.invoicePicoUsd) - 1);
  const sizes = errors.map(Math.abs);
  return [
    counted("reported-usage-priced-wrong", wrong, reported.length, { op: "==", value: 0 }, "calls"),
    counted("estimated-but-free", free, guessed.length, { op: "==", value: 0 }, "calls"),
    counted("refused-but-billed", refusedButPaid.length, matched.length, { op: "==", value: 0 }, "calls"),
    ...[0.5, 0.9, 0.95].map((q) =>
      counted("estimate-error", quantile(sizes, q), guessed.length, null, "share", { quantile: `p${q * 100}` }),
    ),
    counted(
      "estimate-bias",
      errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length),
      guessed.length,
      null,
      "share",
    ),
  ];
}

function judgeSavings(rows: readonly LedgerRow[]): readonly Result[] {
  const known = rows.filter((row) => row.costState !== "unpriced" && row.baselineState !== "unpriced");
  const off = known.filter((row) => row.baselinePicoUsd - row.costPicoUsd !== row.savedPicoUsd).length;
  return [
    counted("rows-without-money", rows.length - known.length, rows.length, { op: "==", value: 0 }, "rows"),
    counted("savings-do-not-add-up", off, known.length, { op: "==", value: 0 }, "rows"),
  ];
}
