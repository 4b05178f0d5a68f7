import { wishHeaders } from "../assembly/caller-wishes.ts";
import { type ClaimName, claimNames } from "../spec/caller.ts";

/** What one header is to us. Everything that is not named here goes upstream as it came. */
type HeaderRule =
  | { readonly kind: "forward" | "drop" | "host" | "authorization" | "api-key" | "connection" }
  | { readonly kind: "content-type" | "content-encoding" | "content-length" | "transfer-encoding" | "expect" }
  | { readonly kind: "google-key" }
  | { readonly kind: "bypass" | "stream-summary" | "client-retries" | "anthropic-version" | "portkey-metadata" }
  | { readonly kind: "claim" | "alias"; readonly claim: ClaimName | "tags" }
  | { readonly kind: "property"; readonly property: string }
  | { readonly kind: "documents" }
  /** Says something about our caches; only a standard one goes on. */
  | { readonly kind: "wish"; readonly name: string; readonly forward: boolean };

const hopByHop = [
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
];
/** Credentials of other kinds, and what a reverse proxy tells about our network: none of it is the provider's business. */
const privateNames = ["cookie", "forwarded", "via", "x-real-ip", "baggage"];

const fixedRules: ReadonlyMap<string, HeaderRule> = new Map<string, HeaderRule>([
  ...[...hopByHop, ...privateNames, "accept-encoding"].map((name): [string, HeaderRule] => [name, { kind: "drop" }]),
  ...[...claimNames, "tags" as const].map((claim): [string, HeaderRule] => [
    `x-farthing-${claim}`,
    { kind: "claim", claim },
  ]),
  ["host", { kind: "host" }],
  ["authorization", { kind: "authorization" }],
  ["x-api-key", { kind: "api-key" }],
  // Azure's and Google's names for it.
  ["api-key", { kind: "api-key" }],
  ["x-goog-api-key", { kind: "google-key" }],
  ["connection", { kind: "connection" }],
  ["content-type", { kind: "content-type" }],
  ["content-encoding", { kind: "content-encoding" }],
  ["content-length", { kind: "content-length" }],
  ["transfer-encoding", { kind: "transfer-encoding" }],
  ["expect", { kind: "expect" }],
  ["anthropic-version", { kind: "anthropic-version" }],
  ["x-farthing-bypass", { kind: "bypass" }],
  ["x-farthing-stream-summary", { kind: "stream-summary" }],
  ["x-stainless-retry-count", { kind: "client-retries" }],
  ["x-claude-code-session-id", { kind: "alias", claim: "session" }],
  ["helicone-user-id", { kind: "alias", claim: "user" }],
  ["helicone-session-id", { kind: "alias", claim: "session" }],
  ["helicone-prompt-id", { kind: "alias", claim: "prompt" }],
  ["x-portkey-metadata", { kind: "portkey-metadata" }],
  ["x-farthing-documents", { kind: "documents" }],
  ...wishHeaders.map((name): [string, HeaderRule] => [name, { kind: "wish", name, forward: name === "cache-control" }]),
]);

/** Ours, those of other gateways, which are for us in their place, and what a reverse proxy adds. */
const droppedPrefixes = ["x-farthing-", "helicone-", "x-portkey-", "cf-aig-", "x-forwarded-"];

const forwardRule: HeaderRule = { kind: "forward" };
const dropRule: HeaderRule = { kind: "drop" };

/** Spellings remembered; clients send few, and a stranger may send any. */
const spellingsMax = 512;
const rulesBySpelling = new Map<string, HeaderRule>();

/** A claim as a header made it. `own`: one of our headers, so a malformed value is the caller's mistake and refused. */
export interface HeaderClaim {
  readonly claim: string;
  readonly value: string;
  readonly own: boolean;
}

/** Everything the gateway reads from the headers of a request, in one pass. */
export interface RequestHead {
  hostCount: number;
  host: string;
  authorization: string | null;
  apiKey: string | null;
  /** It came as Google's clients send it. */
  googleKey: boolean;
  /** A credential header stood twice. */
  repeatedCredential: boolean;
  contentType: string | null;
  contentEncoding: string | null;
  /** Bytes announced; null when chunked or not told. */
  contentLength: number | null;
  expectsContinue: boolean;
  bypass: boolean;
  streamSummary: boolean;
  /** The caller's own count of its retries, 0 to 100. */
  clientRetries: number;
  anthropicVersion: boolean;
  /** Ours and aliases of ours, in the order they were sent. */
  claims: HeaderClaim[] | null;
  portkeyMetadata: string | null;
  /** Names in lower case and values in turn of what it wishes of the caches; null: nothing. */
  wishes: string[] | null;
  /** Every value of `x-farthing-documents`; null: none. */
  documents: string[] | null;
  /** Names and values in turn that may go upstream. */
  forward: string[];
}

/** Reads `rawHeaders` (names and values in turn, as the parser saw them). */
export function readHead(rawHeaders: readonly string[]): RequestHead {
  const head: RequestHead = {
    hostCount: 0,
    host: "",
    authorization: null,
    apiKey: null,
    googleKey: false,
    repeatedCredential: false,
    contentType: null,
    contentEncoding: null,
    contentLength: null,
    expectsContinue: false,
    bypass: false,
    streamSummary: false,
    clientRetries: 0,
    anthropicVersion: false,
    claims: null,
    portkeyMetadata: null,
    wishes: null,
    documents: null,
    forward: [],
  };
  let connection = "";
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const rule = ruleOf(name);
    if (rule.kind === "forward") head.forward.push(name, value);
    else if (rule.kind === "connection") connection = connection === "" ? value : `${connection},${value}`;
    else if (rule.kind !== "drop") applyRule(head, rule, name, value);
  }
  if (connection !== "") dropListed(head, connection);
  return head;
}

function applyRule(head: RequestHead, rule: HeaderRule, name: string, value: string): void {
  switch (rule.kind) {
    case "host":
      head.hostCount++;
      head.host = value;
      break;
    case "authorization":
      head.repeatedCredential ||= head.authorization !== null;
      head.authorization = value;
      break;
    case "api-key":
      head.repeatedCredential ||= head.apiKey !== null;
      head.apiKey = value;
      break;
    case "google-key":
      head.repeatedCredential ||= head.apiKey !== null;
      head.apiKey = value;
      head.googleKey = true;
      break;
    case "content-type":
      head.contentType = value;
      head.forward.push(name, value);
      break;
    case "content-encoding":
      head.contentEncoding = value;
      break;
    case "content-length":
      head.contentLength = Number(value);
      break;
    case "expect":
      head.expectsContinue = value.toLowerCase() === "100-continue";
      break;
    case "bypass":
      head.bypass = isOn(value);
      break;
    case "stream-summary":
      head.streamSummary = isOn(value);
      break;
    case "client-retries":
      head.clientRetries = /^\d{1,3}$/.test(value) ? Math.min(100, Number(value)) : 0;
      head.forward.push(name, value);
      break;
    case "anthropic-version":
      head.anthropicVersion = true;
      head.forward.push(name, value);
      break;
    case "portkey-metadata":
      head.portkeyMetadata = value;
      break;
    case "documents":
      (head.documents ??= []).push(value);
      break;
    case "wish":
      (head.wishes ??= []).push(rule.name, value);
      if (rule.forward) head.forward.push(name, value);
      break;
    default:
      applyClaim(head, rule, value);
  }
}

function applyClaim(head: RequestHead, rule: HeaderRule, value: string): void {
  head.claims ??= [];
  if (rule.kind === "property") head.claims.push({ claim: rule.property, value, own: false });
  else if (rule.kind === "claim" || rule.kind === "alias") {
    head.claims.push({ claim: rule.claim, value, own: rule.kind === "claim" });
  }
}

function ruleOf(spelling: string): HeaderRule {
  const known = rulesBySpelling.get(spelling);
  if (known !== undefined) return known;
  const rule = findRule(spelling.toLowerCase());
  if (rulesBySpelling.size < spellingsMax) rulesBySpelling.set(spelling, rule);
  return rule;
}

function findRule(name: string): HeaderRule {
  const fixed = fixedRules.get(name);
  if (fixed !== undefined) return fixed;
  const property = "helicone-property-";
  if (name.startsWith(property)) return { kind: "property", property: name.slice(property.length) };
  return droppedPrefixes.some((prefix) => name.startsWith(prefix)) ? dropRule : forwardRule;
}

/** Headers that the Connection header names are for this hop only. */
function dropListed(head: RequestHead, connection: string): void {
  const listed = connection.toLowerCase();
  if (listed === "keep-alive" || listed === "close") return;
  const names = new Set(listed.split(",").map((name) => name.trim()));
  const kept: string[] = [];
  for (let index = 0; index + 1 < head.forward.length; index += 2) {
    const name = head.forward[index] ?? "";
    if (!names.has(name.toLowerCase())) kept.push(name, head.forward[index + 1] ?? "");
  }
  head.forward = kept;
}

function isOn(value: string): boolean {
  return value === "1" || value.toLowerCase() === "true";
}
