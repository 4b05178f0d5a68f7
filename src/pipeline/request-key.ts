import { canonicalJson } from "../kit/canonical-json.ts";
import type { Claims } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";
import type { RuleCondition, TargetRule } from "../spec/route.ts";

/** Raised when the text below changes its shape, so that no old entry answers a new question. */
const keyVersion = "3";

/** Members of a body below which order means something: models write the fields of a schema in its order. */
export const orderedMembers: ReadonlySet<string> = new Set([
  "tools",
  "functions",
  "response_format",
  "output_format",
  "output_config",
  "responseFormat",
  "responseSchema",
  "response_schema",
  "responseJsonSchema",
  "response_json_schema",
  "args",
  "input",
  "arguments",
]);

/**
 * Headers that do not change the answer. Everything else that goes upstream is part of the key: an unknown header costs
 * a hit, a forgotten one would cost a wrong answer.
 */
const ignoredHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "baggage",
  "cache-control",
  "content-length",
  "content-type",
  "dnt",
  "idempotency-key",
  "origin",
  "pragma",
  "priority",
  "referer",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-client-request-id",
  "x-request-id",
]);
const ignoredPrefixes: readonly string[] = ["x-stainless-", "sec-", "x-forwarded-"];

/**
 * The key under which an answer to this request may be found again: a keyed digest of everything the answer depends on,
 * with the scope first. Null when the body holds something that parsing may have changed, so that two different
 * requests could look alike. The stage that asks first passes it on in the context.
 */
export function requestKeyOf(context: Context): string | null {
  if (context.answerKey !== undefined) return context.answerKey;
  const text = requestKeyText(context);
  return text === null ? null : context.ports.digest(context.caller.scope, text);
}

/** The text behind {@link requestKeyOf}. Every part is JSON, so no two lists of parts give one text. */
export function requestKeyText(context: Context): string | null {
  const { large, rest } = context.request;
  const body = large === undefined ? canonicalJson(rest, orderedMembers) : large.canonicalDigest;
  if (body === null) return null;
  const { caller, route, request, query } = context;
  const { endpoint } = context.targets[0];
  const parts = [
    keyVersion,
    caller.scope,
    route.name,
    request.dialect,
    endpoint.id,
    endpoint.origin,
    request.model,
    // In the path only, for some dialects.
    request.stream,
    query,
  ];
  return `${JSON.stringify(parts)}${relevantHeaders(context.headers)}${rulesText(route.rules, caller.claims)}${body}`;
}

function relevantHeaders(headers: readonly string[]): string {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = keyNameOf(headers[index] ?? "");
    if (name !== null) kept.push(`${name}:${JSON.stringify(headers[index + 1] ?? "")}`);
  }
  // Sorted as whole lines: the order of different headers means nothing.
  return kept.length === 0 ? "{}" : `{${kept.toSorted().join(",")}}`;
}

/** Spellings remembered; clients send few, and a stranger may send any. */
const spellingsMax = 512;
const namesBySpelling = new Map<string, string | null>();

/** A header's name as it stands in the key, null for one that does not. */
function keyNameOf(spelling: string): string | null {
  const known = namesBySpelling.get(spelling);
  if (known !== undefined) return known;
  const lower = spelling.toLowerCase();
  const ignored = ignoredHeaders.has(lower) || ignoredPrefixes.some((prefix) => lower.startsWith(prefix));
  const name = ignored ? null : JSON.stringify(lower);
  if (namesBySpelling.size < spellingsMax) namesBySpelling.set(spelling, name);
  return name;
}

/**
 * A changed rule may send the same question elsewhere, so answers of the old rule must not serve. The same rules send it
 * elsewhere for other claims, so the claims they look at count too; what else they look at is in the key already.
 */
function rulesText(rules: readonly TargetRule[], claims: Claims): string {
  if (rules.length === 0) return "[]";
  const { text, asked } = readRules(rules);
  if (asked.length === 0) return text;
  const values = asked.map((name) => (name === "tag" ? claims.tags.toSorted() : (claims[name] ?? null)));
  return text + JSON.stringify(values);
}

/** Conditions on what the caller claims; every other one is about the body or the model. */
const claimConditions = ["task", "tag", "feature"] as const satisfies readonly (keyof RuleCondition)[];

/** A list of rules as the key needs it. */
interface RulesReading {
  readonly text: string;
  /** The claims that at least one rule looks at. */
  readonly asked: readonly (typeof claimConditions)[number][];
}

function readRules(rules: readonly TargetRule[]): RulesReading {
  const known = rulesReadings.get(rules);
  if (known !== undefined) return known;
  const reading: RulesReading = {
    text: JSON.stringify(
      rules.map((rule) => [rule.when, rule.use.map((target) => [target.endpoint.id, target.model])]),
    ),
    asked: claimConditions.filter((name) => rules.some((rule) => rule.when[name] !== undefined)),
  };
  rulesReadings.set(rules, reading);
  return reading;
}

/** Read once for each list of rules, that is for each route of a config. */
const rulesReadings = new WeakMap<readonly TargetRule[], RulesReading>();
