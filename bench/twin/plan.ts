import type { Random } from "../../src/spec/clock.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { writeText } from "./write-text.ts";

/** What happens to the requests of a group; each kind is one promise of the ledger put to the test. */
export type GroupKind = keyof typeof shares;

/** Share of all requests, in thousandths. Tasks named here are what the gateway's rules look at. */
const shares = {
  "as asked": 110,
  "provider cache": 45,
  tools: 15,
  bypass: 10,
  repeats: 140,
  "long repeats": 60,
  "at once": 80,
  routed: 285,
  "routed repeats": 40,
  translated: 60,
  "translated repeats": 15,
  retried: 40,
  "fell back": 20,
  "paid twice": 10,
  "broke off": 15,
  "no usage": 10,
  "left early": 25,
  "left early, routed": 5,
  refused: 10,
  unpriced: 5,
} as const;

/** One request of a group. */
export interface PlannedRequest {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The caller hangs up when nothing more comes for a while. */
  readonly leaves: boolean;
  /** The caller tries again what was refused. False where it could not tell a refusal from a call that was billed. */
  readonly repeats: boolean;
}

/** Requests of one caller: they share a key, so what a provider and a cache know of one they know of the others. */
export interface PlannedGroup {
  readonly index: number;
  readonly kind: GroupKind;
  /** The caller's own provider key. Translated requests use the gateway's key there: an own key leaves for one vendor only. */
  readonly key: string;
  readonly usesLocalKey: boolean;
  /** All at the same moment; otherwise one after the other. */
  readonly together: boolean;
  readonly requests: readonly PlannedRequest[];
}

interface Shape {
  readonly vendor: "openai" | "anthropic";
  readonly model: string;
  readonly stream: boolean;
  readonly task: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly leaves?: boolean;
  readonly repeats?: boolean;
}

const models = {
  openai: ["gpt-4o", "gpt-4.1", "gpt-4o", "gpt-4o-mini"],
  anthropic: ["claude-sonnet-4-5", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"],
} as const;
/** Rules send these to smaller models. */
const largeModels = { openai: "gpt-4o", anthropic: "claude-sonnet-4-5" } as const;

/** A pure function: the same seed gives the same groups, in an order that mixes the kinds. */
export function planGroups(seed: number, requests: number): readonly PlannedGroup[] {
  const random = createSeededRandom(seed ^ 0x7717);
  const left = new Map(Object.entries(shares).map(([kind, share]) => [kind, Math.round((requests * share) / 1_000)]));
  const groups: PlannedGroup[] = [];
  for (let planned = 0; planned < requests;) {
    const kind = drawKind(left, random);
    const group = planGroup(groups.length, kind, Math.min(left.get(kind) ?? 1, requests - planned), random);
    left.set(kind, (left.get(kind) ?? 0) - group.requests.length);
    planned += group.requests.length;
    groups.push(group);
  }
  return groups;
}

function drawKind(left: ReadonlyMap<string, number>, random: Random): GroupKind {
  const total = [...left.values()].reduce((sum, count) => sum + Math.max(0, count), 0);
  let at = random() * total;
  for (const [kind, count] of left) {
    at -= Math.max(0, count);
    if (at < 0) return kind as GroupKind;
  }
  return "as asked";
}

function planGroup(index: number, kind: GroupKind, most: number, random: Random): PlannedGroup {
  const vendor = random() < 0.5 ? "openai" : "anthropic";
  const plain: Shape = { vendor, model: pick(models[vendor], random), stream: random() < 0.5, task: "writing" };
  const large: Shape = { ...plain, model: largeModels[vendor] };
  const short = (): string => writeText(`${index}`, 60 + Math.floor(random() * 420), random);
  // Half of the prompts carry a document, as those of people who look for savings do.
  const text = (): string =>
    random() < 0.5 ? short() : writeText(`${index}`, 800 + Math.floor(random() * 1_200), random);
  const one = (shape: Shape): readonly PlannedRequest[] => [requestOf(shape, index, text())];
  const same = (shape: Shape, count: number, prompt: string): readonly PlannedRequest[] =>
    Array.from({ length: Math.min(most, count) }, () => requestOf(shape, index, prompt));
  const few = 2 + Math.floor(random() * 4);
  const build = (
    requests: readonly PlannedRequest[],
    scenario = "",
    more: Partial<PlannedGroup> = {},
  ): PlannedGroup => ({
    index,
    kind,
    key: `sk-${scenario === "" ? "" : `fake-${scenario}-`}twin-${index}`,
    usesLocalKey: false,
    together: false,
    requests,
    ...more,
  });
  const events = 1 + Math.floor(random() * 20);
  switch (kind) {
    case "as asked":
      return build(one(plain));
    case "provider cache":
      return build(sharedPrefix(large, index, Math.min(most, few), random));
    case "tools":
      return build([withTools(requestOf(large, index, `${text()} Please use a tool: get_weather for Oslo.`), vendor)]);
    case "bypass":
      return build(one({ ...large, task: "routine", headers: { "x-farthing-bypass": "1" } }));
    case "repeats":
      return build(same(plain, few, short()));
    case "long repeats":
      return build(longRepeats(large, index, Math.min(most, few), random));
    case "at once":
      return build(same(plain, few, short()), "slow-first-token:150", { together: true });
    case "routed":
      return build(one({ ...large, task: "routine" }));
    case "routed repeats":
      return build(same({ ...large, task: "routine" }, few, text()));
    case "translated":
      return build(one({ ...large, task: "translate" }), "", { usesLocalKey: true });
    case "translated repeats":
      return build(same({ ...large, task: "translate" }, few, text()), "", { usesLocalKey: true });
    case "retried":
      return build(one(plain), pick(["error:500,ok", "error:429,ok", "error:503,error:500,ok", "529,ok"], random));
    case "fell back":
      return build(one({ ...large, task: "careful" }), "error:500,ok");
    case "paid twice":
      return build(one({ ...plain, task: "insist", repeats: false }), "reset-at-byte:0,ok");
    case "broke off":
      return build(
        one({ ...plain, stream: true, repeats: false }),
        pick([`error-event-after:${events}`, `truncate-after:${events}`, "reset-at-byte:0"], random),
      );
    case "no usage":
      return build(one(plain), "no-usage");
    case "left early":
      return build(one({ ...plain, leaves: true }), plain.stream ? `stall-after:${events}` : "stall-before-headers");
    case "left early, routed":
      return build(one({ ...large, stream: true, task: "routine", leaves: true }), `stall-after:${events}`);
    case "refused":
      return build(one(plain), pick(["error:400", "error:401", "error:429:insufficient_quota"], random));
    case "unpriced":
      return build(one({ ...plain, model: vendor === "openai" ? "gpt-fake-unpriced" : "claude-fake-unpriced" }));
  }
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

function requestOf(shape: Shape, index: number, prompt: string, system: unknown = null): PlannedRequest {
  const { vendor, model, stream } = shape;
  const openai = vendor === "openai";
  const user = { role: "user", content: prompt };
  const body = {
    model,
    max_tokens: 600,
    // An even number asks for the usage itself, an odd one leaves that to the gateway.
    ...(stream ? { stream, ...(openai && index % 2 === 0 ? { stream_options: { include_usage: true } } : {}) } : {}),
    ...(system !== null && !openai ? { system } : {}),
    messages: openai && system !== null ? [{ role: "system", content: system }, user] : [user],
  };
  return {
    path: openai ? "/v1/chat/completions" : "/v1/messages",
    body: JSON.stringify(body),
    headers: {
      "content-type": "application/json",
      ...(openai ? {} : { "anthropic-version": "2023-06-01" }),
      "x-farthing-step": String(index),
      "x-farthing-task": shape.task,
      ...shape.headers,
    },
    leaves: shape.leaves ?? false,
    repeats: shape.repeats ?? true,
  };
}

/** Long enough for every model's prompt cache here (4,096 tokens at the most). */
function longText(index: number, random: Random): string {
  return writeText(`handbook ${index}`, 2_400, random);
}

/** Anthropic caches what is marked; OpenAI by itself. */
function systemOf(vendor: Shape["vendor"], text: string): unknown {
  return vendor === "openai" ? text : [{ type: "text", text, cache_control: { type: "ephemeral" } }];
}

/** Different questions about one long text: what the provider's own cache saves, it saves with and without a gateway. */
function sharedPrefix(shape: Shape, index: number, count: number, random: Random): readonly PlannedRequest[] {
  const system = systemOf(shape.vendor, longText(index, random));
  return Array.from({ length: count }, (_, turn) =>
    requestOf(shape, index, writeText(`turn ${turn}`, 40, random), system),
  );
}

/** One question about a long text, again and again: asked directly, each repeat would read the provider's cache. */
function longRepeats(shape: Shape, index: number, count: number, random: Random): readonly PlannedRequest[] {
  const request = requestOf(
    shape,
    index,
    writeText(`${index}`, 60, random),
    systemOf(shape.vendor, longText(index, random)),
  );
  return Array.from({ length: count }, () => request);
}

function withTools(request: PlannedRequest, vendor: Shape["vendor"]): PlannedRequest {
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const tool =
    vendor === "openai"
      ? { type: "function", function: { name: "get_weather", parameters: schema } }
      : { name: "get_weather", input_schema: schema };
  return { ...request, body: JSON.stringify({ ...(JSON.parse(request.body) as object), tools: [tool] }) };
}
