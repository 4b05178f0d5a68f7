import type { Context } from "../../spec/context.ts";
import type { Reply, WholeReply } from "../../spec/reply.ts";
import type { Handler } from "../../spec/stage.ts";
import { alarmSteppedAside } from "../step-aside.ts";
import type { ElementPlan } from "./admit-elements.ts";
import { elementsIn, keepElements } from "./bought-elements.ts";
import type { ElementClaim } from "./element-purchases.ts";
import type { FoundElements } from "./find-elements.ts";
import { isOneSnapshot, joinElements } from "./join-elements.ts";
import type { KnownElement } from "./known-element.ts";

/** One request's pass of the stage. */
export interface ElementPass {
  readonly context: Context;
  readonly next: Handler;
  readonly plan: ElementPlan;
  readonly found: FoundElements;
  /** Time that the lookup took, microseconds. */
  readonly us: number;
}

/** What is known while the answer comes together. */
interface Gathering {
  readonly elements: Map<string, KnownElement>;
  readonly bought: Set<string>;
  readonly replies: WholeReply[];
}

/** Brings all answers together; whatever reply it gives, the journal's line stands once. */
export async function gatherElements(pass: ElementPass, claim: ElementClaim): Promise<Reply> {
  const gathering: Gathering = { elements: new Map(pass.found.known), bought: new Set(), replies: [] };
  let written = false;
  const write = (): void => {
    if (!written) journal(pass, gathering);
    written = true;
  };
  try {
    const broken = (await buy(pass, claim.mine, gathering, claim)) ?? (await takeShared(pass, claim, gathering));
    if (broken !== null) return broken === "odd" ? await buyAsAsked(pass, gathering, write) : broken;
    if (!isOneSnapshot(gathering.elements)) return await buyAsAsked(pass, gathering, write);
    return join(pass, claim, gathering) ?? (await buyAsAsked(pass, gathering, write));
  } finally {
    write();
  }
}

/** What keeps the answer from being joined: a reply that is to be given as it is, or one that cannot be used. Null: nothing does. */
type Broken = Reply | "odd" | null;

/** Buys the inputs of `keys` in one call. */
async function buy(
  pass: ElementPass,
  keys: readonly string[],
  gathering: Gathering,
  claim?: ElementClaim,
): Promise<Broken> {
  if (keys.length === 0) return null;
  const { context, plan, found, next } = pass;
  const whole = keys.length === plan.keys.length;
  for (const key of keys) gathering.bought.add(key);
  const asked = whole ? context : reducedTo(pass, keys);
  if (asked === null) return "odd";
  const reply = await next(asked);
  // A failure is the whole request's failure, and passes as it is.
  if (reply.kind !== "whole" || reply.status !== 200 || !reply.end.complete) return reply;
  const elements = readElements(pass, keys, reply);
  claim?.settle(elements);
  if (elements !== null) keepElements(context, plan, found.tickets, elements);
  // Everything was bought as it was asked, so the provider's own bytes are the answer.
  if (whole) return reply;
  if (elements === null) return "odd";
  for (const [key, element] of elements) gathering.elements.set(key, element);
  gathering.replies.push(reply);
  return null;
}

/** The request for some of its inputs; null when it cannot be made. */
function reducedTo({ context, plan }: ElementPass, keys: readonly string[]): Context | null {
  try {
    const { request, rawBody, ports } = context;
    const inputs = keys.map((key) => plan.distinct.get(key)?.index ?? 0);
    const reduced = plan.codec.keepInputs(request, inputs);
    const bytes = ports.dialects[request.dialect].encodeRequest(request, { inputs }, rawBody);
    return { ...context, request: { ...reduced, bodyBytes: bytes.length }, rawBody: bytes, answerKey: undefined };
  } catch (error) {
    alarmSteppedAside(context, "embedding-cache", error);
    return null;
  }
}

function readElements(
  pass: ElementPass,
  keys: readonly string[],
  reply: Reply,
): ReadonlyMap<string, KnownElement> | null {
  try {
    return elementsIn(pass.context, pass.plan, keys, reply);
  } catch (error) {
    alarmSteppedAside(pass.context, "embedding-cache", error);
    return null;
  }
}

/** Takes what others were buying, and buys what did not come of it. */
async function takeShared(pass: ElementPass, claim: ElementClaim, gathering: Gathering): Promise<Broken> {
  if (claim.theirs.length === 0) return null;
  const came = await claim.wait(pass.context);
  for (const [key, element] of came) gathering.elements.set(key, element);
  return buy(
    pass,
    claim.theirs.filter((key) => !came.has(key)),
    gathering,
  );
}

/** What came cannot be used together with what is known: the request goes on as its caller sent it. */
function buyAsAsked({ context, next, plan }: ElementPass, { bought }: Gathering, write: () => void): Promise<Reply> {
  for (const key of plan.distinct.keys()) bought.add(key);
  write();
  return next(context);
}

/** Null when it cannot be done. */
function join({ context, plan }: ElementPass, claim: ElementClaim, gathering: Gathering): Reply | null {
  try {
    return joinElements(context, plan, {
      ...gathering,
      shared: claim.theirs.some((key) => !gathering.bought.has(key)),
    });
  } catch (error) {
    alarmSteppedAside(context, "embedding-cache", error);
    return null;
  }
}

function journal({ context, plan, us }: ElementPass, { bought, elements }: Gathering): void {
  const { keys } = plan;
  const stage = "embedding-cache";
  const paid = bought.size;
  if (paid === 0) {
    const model = elements.get(keys[0] ?? "")?.purchase.model ?? context.request.model;
    context.journal.append({ stage, decision: "serve", reason: "hit", us, note: model });
  } else if (paid < keys.length) {
    const note = `${keys.length - paid} of ${keys.length}`;
    context.journal.append({ stage, decision: `buy ${paid} of ${keys.length}`, reason: "hit-partial", us, note });
  } else {
    const note = plan.lookUp ? {} : { note: "fresh answer asked for" };
    context.journal.append({ stage, decision: "call", reason: "miss", us, ...note });
  }
}
