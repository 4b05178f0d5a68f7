import { cacheTasks, pureTool, staleTtlMs, type AddStep, type CacheStep, type StepChanges } from "./cache-step.ts";

import { cities, lastNames, products } from "./data/names.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";
import { addSpellings } from "./spelling-steps.ts";

/** Wide enough that no answer is cut: a cut one is not kept. */
const answerTokensMax = 500;
const chatModel = "gpt-4o-mini";
const embeddingModel = "text-embedding-3-small";

/** The steps of a run; the same seed gives the same ones. */
export function generateCacheSteps(seed: number): readonly CacheStep[] {
  const random = createSeededRandom(seed, "caches");
  const steps: CacheStep[] = [];
  const push = (step: Omit<CacheStep, "id">): string => {
    const id = `c${String(steps.length + 1).padStart(3, "0")}`;
    steps.push({ id, ...step });
    return id;
  };
  const plain = { expects: "bought", sameAs: null, before: null } as const;
  const add: AddStep = (kind, task, text, { members = {}, user, headers = {}, ...labels } = {}) =>
    push({
      ...plain,
      ...labels,
      kind,
      path: "/v1/chat/completions",
      headers: { "x-farthing-task": task, ...(user === undefined ? {} : { "x-farthing-user": user }), ...headers },
      body: {
        model: chatModel,
        messages: [{ role: "user", content: text }],
        max_completion_tokens: answerTokensMax,
        temperature: 0,
        ...members,
      },
    });
  addSpellings(add, random);
  addModes(add, random);
  addPrivate(add, random);
  addTools(add, random);
  addDocuments(add, random);
  addStale(add, random);
  addWishes(add, random);
  addCompliance(add, random);
  addEmbeddings((input, expects) => {
    const headers = { "x-farthing-task": cacheTasks.folded };
    const body = { model: embeddingModel, input, encoding_format: "float" };
    push({ ...plain, kind: "embeddings", path: "/v1/embeddings", headers, body, expects });
  }, random);
  return steps;
}

/** An answer bought whole serves a stream, and one bought as a stream a whole reply. */
function addModes(add: AddStep, random: SeededRandom): void {
  const streamed = { members: { stream: true, stream_options: { include_usage: true } } };
  const [product, other] = random.shuffle(products);
  const whole = add("mode", cacheTasks.folded, `What does ${product} do?`);
  add("mode", cacheTasks.folded, `What does ${product} do?`, { ...streamed, expects: "reused", sameAs: whole });
  const stream = add("mode", cacheTasks.folded, `What does ${other} do?`, streamed);
  add("mode", cacheTasks.folded, `What does ${other} do?`, { expects: "reused", sameAs: stream });
}

/** Two users ask the same: each buys, and each gets only its own again. */
function addPrivate(add: AddStep, random: SeededRandom): void {
  const text = `What is left of my leave in ${random.pick(cities)}?`;
  const [anna, bo] = [{ user: "anna" }, { user: "bo" }];
  const ofAnna = add("private", cacheTasks.private, text, anna);
  const ofBo = add("private", cacheTasks.private, text, bo);
  add("private", cacheTasks.private, text, { ...anna, expects: "reused", sameAs: ofAnna });
  add("private", cacheTasks.private, text, { ...bo, expects: "reused", sameAs: ofBo });
  // Nobody in particular shares with nobody.
  add("private", cacheTasks.private, text);
}

/** Answers that call a tool without effects may be given again; a letter must not be sent twice on somebody's old word. */
function addTools(add: AddStep, random: SeededRandom): void {
  const members = { tools: [pureTool, "send_letter"].map(toolNamed) };
  const weather = `Please get weather for ${random.pick(cities)}.`;
  const letter = `Please send letter to ${random.pick(cities)}.`;
  const sameAs = add("tools", cacheTasks.tools, weather, { members });
  add("tools", cacheTasks.tools, letter, { members });
  add("tools", cacheTasks.tools, weather, { members, expects: "reused", sameAs });
  add("tools", cacheTasks.tools, letter, { members });
}

function toolNamed(name: string): object {
  const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  return { type: "function", function: { name, parameters } };
}

/** A document changes in the middle: no answer made from it before may be served after; the others stay. */
function addDocuments(add: AddStep, random: SeededRandom): void {
  const product = random.pick(products);
  const ask = (text: string, changes: StepChanges): string => add("documents", cacheTasks.documents, text, changes);
  const [handbook, both, manual] = [
    `Who may use ${product}?`,
    `Who repairs ${product}?`,
    `What does ${product} weigh?`,
  ];
  ask(handbook, documents("handbook"));
  ask(both, documents("manual", "handbook"));
  const ofManual = ask(manual, documents("manual"));
  const anew = ask(handbook, { ...documents("handbook"), before: { forgetDocuments: ["handbook"] } });
  ask(both, documents("manual", "handbook"));
  ask(manual, { ...documents("manual"), expects: "reused", sameAs: ofManual });
  ask(handbook, { ...documents("handbook"), expects: "reused", sameAs: anew });
}

function documents(...ids: readonly string[]): Pick<CacheStep, "headers"> {
  return { headers: { "x-farthing-documents": ids.join(",") } };
}

/** Past its life an answer is served once more, while a fresh one is fetched; then the fresh one is served. */
function addStale(add: AddStep, random: SeededRandom): void {
  const text = `What is new in ${random.pick(cities)}?`;
  const old = add("stale", cacheTasks.stale, text);
  add("stale", cacheTasks.stale, text, { expects: "reused", sameAs: old, before: { waitMs: staleTtlMs + 200 } });
  add("stale", cacheTasks.stale, text, { expects: "reused", before: { waitMs: 500 } });
}

/** Callers' wishes for a fresh answer, as each of several gateways' clients writes them. */
function addWishes(add: AddStep, random: SeededRandom): void {
  const text = `How many seats has the ${random.pick(cities)} office?`;
  const ask = (changes: StepChanges): string => add("wishes", cacheTasks.folded, text, changes);
  const first = ask({});
  ask({ headers: { "cache-control": "no-store" } });
  ask({ headers: { "helicone-cache-enabled": "false" } });
  ask({ members: { cache: { "no-store": true } } });
  ask({ headers: { "cf-aig-cache-key": "of-my-own" } });
  ask({ expects: "reused", sameAs: first });
  ask({ headers: { "cache-control": "no-cache" } });
  ask({ headers: { "cf-aig-skip-cache": "true" } });
  const newest = ask({ headers: { "x-portkey-cache-force-refresh": "true" } });
  ask({ expects: "reused", sameAs: newest });
}

/** The same request again and again on the route that nothing may touch, also with a peer's header that asks for a cache. */
function addCompliance(add: AddStep, random: SeededRandom): void {
  const text = `Is the contract with ${random.pick(lastNames)} in order?`;
  for (let repeat = 0; repeat < 3; repeat += 1) add("compliance", "compliance", text);
  for (const name of ["x-portkey-cache", "helicone-cache-enabled"])
    add("compliance", "compliance", text, { headers: { [name]: "true" } });
}

/** Lists that overlap: only what is new is bought. */
function addEmbeddings(
  add: (input: string | readonly string[], expects: CacheStep["expects"]) => void,
  random: SeededRandom,
): void {
  const [one = "", two = "", three = "", four = ""] = random
    .shuffle(cities)
    .map((city) => `The office in ${city} is open.`);
  add([one, two, three], "bought");
  add([two, four, one], "partly");
  add([four, three, four], "reused");
  add(two, "reused");
}
