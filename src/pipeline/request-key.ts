import { canonicalJson } from "../kit/canonical-json.ts";
import type { Claims } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";
import type { FormlessRequest } from "../spec/dialect.ts";
import type { JsonObject } from "../spec/json.ts";
import type { RuleCondition, TargetRule } from "../spec/route.ts";
import { cacheScopeOf } from "./cache-scope.ts";
import { foldedRequest } from "./normalised-key.ts";
import { type NeutralRequest, neutralRequest, neutralText } from "./neutral-key.ts";
import { relevantHeaders } from "./key-headers.ts";

/** Raised when the text below changes its shape, so that no old entry answers a new question. */
const keyVersion = "5";

/** Members of a body below which order means something: models write the fields of a schema in its order. */
export const orderedMembers: ReadonlySet<string> = new Set([
  "tools",
  "functions",
  "response_format",
  // The name of the same in the responses dialect, under `text`.
  "format",
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

/** Where an answer to a request may be found again. */
export interface AnswerKey {
  /** Keyed digest, of the folded form of the request where its route folds and the request can be folded. */
  readonly key: string;
  /** Digest of the request as it is where {@link key} is of its folded form; else null: the key tells all. */
  readonly asked: string | null;
}

/** The texts behind an {@link AnswerKey}. */
export interface AnswerKeyTexts {
  /** Of the request as it is. */
  readonly exact: string;
  /** Of its folded form; null where it is not folded. */
  readonly folded: string | null;
}

/**
 * The key under which an answer to this request may be found again: a keyed digest of everything the answer depends on,
 * with those who may share it first. Null when nobody may, or when the body holds something that parsing may have
 * changed, so that two different requests could look alike.
 */
export function answerKeyOf(context: Context): AnswerKey | null {
  const texts = answerKeyTexts(context);
  if (texts === null) return null;
  const { caller, ports } = context;
  const exact = ports.digest(caller.scope, texts.exact);
  if (texts.folded === null) return { key: exact, asked: null };
  return { key: ports.digest(caller.scope, texts.folded), asked: exact };
}

/** {@link AnswerKey.key} of this request. The stage that asks first passes it on in the context. */
export function requestKeyOf(context: Context): string | null {
  if (context.answerKey !== undefined) return context.answerKey;
  return answerKeyOf(context)?.key ?? null;
}

/** The texts behind {@link answerKeyOf}. */
export function answerKeyTexts(context: Context): AnswerKeyTexts | null {
  const scope = cacheScopeOf(context);
  if (scope === null) return null;
  const { request, route } = context;
  // A large body is neither folded nor read as a conversation.
  const isLarge = request.large !== undefined;
  const formless = formlessOf(context);
  const { enabled, acrossDialects, normalised } = route.exactCache;
  const asSent = withoutOurs(context);
  const neutral = formless !== null && enabled && acrossDialects ? neutralRequest(asSent) : null;
  const exactBody = isLarge
    ? (request.large?.canonicalDigest ?? null)
    : bodyText(asSent.request.rest, formless, neutral);
  if (exactBody === null) return null;
  const head = headText(context, [scope.isolation, scope.partition], formless, neutral);
  const exact = head + exactBody;
  const folded = !isLarge && enabled && normalised ? foldedRequest(asSent, neutral) : null;
  const foldedBody = folded === null ? null : bodyText(folded.rest, formless, folded.neutral);
  // Its own space: what an exact key led to before a route began to fold is not taken for a folded one.
  return { exact, folded: foldedBody === null ? null : `folded ${head}${foldedBody}` };
}

/** Members that a caller wrote into the body for us are no part of the question. */
function withoutOurs(context: Context): Context {
  const { leaveOut = [] } = context.edit;
  if (leaveOut.length === 0) return context;
  const rest = Object.fromEntries(Object.entries(context.request.rest).filter(([name]) => !leaveOut.includes(name)));
  return { ...context, request: { ...context.request, rest } };
}

/** The request without the words about the form of its answer; null where that is part of the question, and of its key. */
export function formlessOf({ ports, request, query }: Context): FormlessRequest | null {
  // Of a large body only a digest is known, which holds its form.
  if (request.large !== undefined) return null;
  const dialect = ports.dialects[request.dialect];
  if (dialect.codec === null) return null;
  return dialect.withoutForm?.(request, query) ?? null;
}

function bodyText(
  rest: Readonly<JsonObject>,
  formless: FormlessRequest | null,
  neutral: NeutralRequest | null,
): string | null {
  if (neutral !== null) return neutralText(neutral);
  return canonicalJson(rest, orderedMembers, formless?.omitted ?? null);
}

/** Everything but the body. Every part is JSON, so no two lists of parts give one text. */
function headText(
  context: Context,
  sharers: readonly string[],
  formless: FormlessRequest | null,
  neutral: NeutralRequest | null,
): string {
  const { caller, route, request, cacheControl } = context;
  const { endpoint } = context.targets[0];
  const parts = [
    keyVersion,
    caller.scope,
    ...sharers,
    cacheControl.namespace,
    caller.claims.prompt ?? null,
    route.name,
    neutral === null ? request.dialect : null,
    endpoint.id,
    endpoint.origin,
    request.model,
    // In the path only, for some dialects.
    formless === null ? request.stream : null,
    formless === null ? context.query : formless.query,
  ];
  const headers = relevantHeaders(context.headers, neutral?.ownHeaders ?? []);
  return `${JSON.stringify(parts)}${headers}${rulesText(route.rules, caller.claims)}`;
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
