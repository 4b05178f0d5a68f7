import * as z from "zod";
import { dialectNames } from "../spec/request.ts";
import { alertSection } from "./alert-schema.ts";
import { bodySection, cacheSection, routeBodiesFlag, routeCacheSection } from "./cache-schema.ts";
import { budgetList } from "./budget-schema.ts";
import type { ConfigDocument } from "./config-document.ts";
import { callPaths } from "./dialect-defaults.ts";
import { choice, dialects, duration, flag, name, section, size, text, texts, whole, wording } from "./field-types.ts";
import { provider } from "./provider-schema.ts";

const timerMsMax = 2_147_483_647;

const condition = {
  model: texts().optional().describe("Requested model: exact, or with * for any run of characters."),
  tag: texts().optional().describe("At least one of these is among the request's tags."),
  task: texts().optional().describe("The request's task is one of these."),
  feature: texts().optional().describe("The request's feature is one of these."),
  promptTokensMin: whole(0, 100_000_000).optional().describe("Estimated tokens of the prompt, inclusive."),
  promptTokensMax: whole(0, 100_000_000).optional().describe("Estimated tokens of the prompt, inclusive."),
  tools: flag().optional().describe("true: only requests that offer tools; false: only those that do not."),
};

const rule = section({
  name: name().describe("Shown in the decision header and the journal."),
  when: section(condition).prefault({}).describe("Every condition given must hold; none given holds always."),
  use: texts().describe("provider/model in order of preference: the target, then its fallbacks."),
});

const route = section({
  name: name().describe("Unique; shown in the ledger."),
  match: section({
    ...condition,
    dialect: dialects().optional().describe("The request's wire format is one of these."),
  })
    .prefault({})
    .describe("Which requests fall into this route; the first route that matches takes them."),
  compliance: flag()
    .prefault(false)
    .describe("No cache, no sharing, no other model, whatever the switches say; requests and replies are kept."),
  storeBodies: routeBodiesFlag,
  exactCache: routeCacheSection.prefault({}),
  coalesce: section({
    enabled: flag().prefault(false).describe("Identical requests in flight share one call."),
  }).prefault({}),
  addStreamUsage: flag().prefault(true).describe("Ask OpenAI streams for their usage, and keep it from the caller."),
  targets: z
    .array(rule, { error: wording("must be a list of rules", "Write - name: ..., when: ..., use: ... for each.") })
    .max(1000)
    .prefault([])
    .describe("The first rule whose conditions hold names the models; without one the model is as asked."),
  retry: section({
    enabled: flag().prefault(true).describe("Try a failed call again where that is safe."),
    attemptsMax: whole(1, 3).prefault(3).describe("All calls for one request together."),
    backoff: duration(1, 60_000).prefault("250ms").describe("First wait; doubles, with full jitter."),
    backoffMax: duration(1, 600_000).prefault("1m").describe("Longest wait, the provider's Retry-After included."),
    retryAmbiguous: flag()
      .prefault(false)
      .describe("Try again after a request left and nothing came back; it may be billed twice."),
  }).prefault({}),
  timeouts: section({
    connect: duration(1, timerMsMax).prefault("5s").describe("Until the connection stands."),
    firstByte: duration(1, timerMsMax)
      .prefault("10m")
      .describe("From sending to the answer's headers; unstreamed, that is the whole generation."),
    idle: duration(1, timerMsMax)
      .prefault("5m")
      .describe("Between two pieces of an answer; models may think in silence."),
    total: duration(1, timerMsMax).prefault("10m").describe("The whole request, all attempts together."),
  }).prefault({}),
  abort: section({
    mode: choice(["cut", "drain"])
      .prefault("cut")
      .describe("When the caller leaves: cut the call, or read it to its end."),
    drainMax: duration(1, timerMsMax).prefault("30s").describe("Longest reading after the caller left."),
    drainBytesMax: size(1, 1_073_741_824).prefault("8MiB").describe("Most bytes read after the caller left."),
  }).prefault({}),
});

const defaultProviders = Object.fromEntries(
  dialectNames.map((dialect) => [
    dialect,
    text().optional().describe(`Provider of ${callPaths[dialect]} when no rule names one.`),
  ]),
);

/** The file `farthing.yaml`. Strict: a key that is not here is an error. */
export const configSchema: z.ZodType<ConfigDocument, unknown> = section({
  listen: section({
    traffic: z
      .union([text(), z.number().int()], {
        error: wording("is not an address", "Write host:port, such as 127.0.0.1:8787."),
      })
      .transform(String)
      .prefault("127.0.0.1:8787")
      .describe("Where clients connect."),
    admin: z
      .union([text(), z.number().int()], {
        error: wording("is not an address", "Write host:port, such as 127.0.0.1:8788."),
      })
      .transform(String)
      .prefault("127.0.0.1:8788")
      .describe("Health, metrics and the admin API."),
    allowOwnKeys: flag()
      .optional()
      .describe("Callers may bring their own provider key; default: only when traffic listens on loopback."),
  }).prefault({}),
  dataDirectory: text().optional().describe("Ledger, keys and switches; default ~/.farthing."),
  providers: z
    .record(name(), provider, { error: wording("must be a section", "Write one provider a line, such as openai: {}.") })
    .optional()
    .describe("Only these exist when the section is given; default: openai and anthropic."),
  defaultProviders: section(defaultProviders).prefault({}),
  routes: z
    .array(route, { error: wording("must be a list of routes", "Write - name: ... for each.") })
    .max(1000)
    .prefault([])
    .describe("In order; a last route named default that matches everything is added where none does."),
  limits: section({
    bodyBytesMax: size(1024, 1_073_741_824).prefault("32MiB").describe("Bytes of a request's body."),
    jsonDepthMax: whole(8, 1024).prefault(128).describe("Nesting of a request's body."),
    replyBytesMax: size(1024, 1_073_741_824).prefault("64MiB").describe("Bytes of a provider's whole answer."),
    inFlightMax: whole(1, 1_000_000).prefault(4096).describe("Requests being answered at once."),
  }).prefault({}),
  ledger: section({
    durability: choice(["strict", "relaxed"])
      .prefault("strict")
      .describe("strict: on disk before the last byte leaves."),
    syncWaitMax: duration(1, 60_000).prefault("250ms").describe("Longest wait of a request for the disk."),
    spoolRowsMax: whole(100, 10_000_000).prefault(100_000).describe("Rows kept in memory while the disk stalls."),
    retention: duration(86_400_000, 36_500 * 86_400_000)
      .prefault("400d")
      .describe("Older rows are deleted; whole days."),
  }).prefault({}),
  network: section({
    httpsProxy: z.string().optional().describe("Proxy for providers; default: HTTPS_PROXY; empty: none."),
    noProxy: texts().optional().describe("Hosts, or .suffixes, reached without the proxy; default: NO_PROXY."),
    extraCaFile: text().optional().describe("PEM file of further authorities; default: NODE_EXTRA_CA_CERTS."),
    connectionsPerOrigin: whole(1, 65_535).prefault(256).describe("Connections held open to each provider."),
  }).prefault({}),
  prices: texts()
    .optional()
    .describe("Files with prices of your own, JSON or YAML, relative to this file; they go over the bundled ones."),
  zone: text()
    .optional()
    .describe("Time zone of daily figures and of budgets that name none, such as Europe/Berlin; default UTC."),
  cache: cacheSection.prefault({}),
  bodies: bodySection.prefault({}),
  balancesDirectory: text()
    .optional()
    .describe(
      "Where balances are kept; gateways of one machine that name the same share budgets; default dataDirectory.",
    ),
  budgets: budgetList.prefault([]).describe("Limits on spending; all that count a request have to have room for it."),
  alerts: alertSection.prefault({}),
  drain: duration(0, 3_600_000).prefault("30s").describe("Time that open requests get after SIGTERM."),
});
