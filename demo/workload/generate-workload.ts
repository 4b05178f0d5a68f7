import { buildBody, type DialectBody } from "./build-body.ts";
import { draftClassification, wordingsMax } from "./draft-classification.ts";
import { draftCode, draftCompliance, draftSummary } from "./draft-documents.ts";
import { draftQuestion } from "./draft-questions.ts";
import { easyTargetOf, featuresOf, streamedShare, tenants, vendorOf, type Feature } from "./features.ts";
import { planCounts, type TaskCounts } from "./plan-counts.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";
import { drawSessions } from "./sessions.ts";
import { tasks, type ClusterDraft, type Task, type Variant, type WorkloadRow } from "./workload-row.ts";

/** What decides a workload; the same settings give the same rows, byte for byte. */
export interface WorkloadSettings {
  readonly seed: number;
  /** Rows, 1 to 20,000. */
  readonly requests: number;
  /** False: no row repeats another word for word. Paraphrases stay. */
  readonly repeats: boolean;
}

/** One identical row in so many is sent at the same moment as the row that it repeats. */
const togetherEvery = 8;
/** Draws of one cluster before giving up on finding texts that nobody has had. */
const drawsMax = 20;
/** The last part of the order holds no new originals, so that each has some time to be asked again. */
const originalsUntil = 0.95;
/** People who use the applications of a tenant. */
const usersPerTenant = 80;

/** A row that has no place in the order yet; `at` from 0 to 1 will decide it. */
interface PlacedRow {
  readonly at: number;
  readonly cluster: string;
  readonly variant: Variant;
  readonly repeats: PlacedRow | null;
  readonly together: boolean;
  readonly task: Task;
  readonly feature: Feature;
  readonly draft: ClusterDraft;
  readonly content: DialectBody;
  readonly tenant: string;
  readonly user: string;
  readonly stream: boolean;
  readonly streamUsage: boolean;
}

/** All rows in the order of sending: originals before their paraphrases, every row before those that repeat it. */
export function generateWorkload(settings: WorkloadSettings): readonly WorkloadRow[] {
  const counts = planCounts(settings.requests, settings.repeats);
  const bodies = new Set<string>();
  const placed: PlacedRow[] = [];
  for (const task of tasks) {
    const fresh = placeFreshRows(settings.seed, task, counts[task], bodies);
    placed.push(...fresh, ...placeRepeats(settings.seed, task, counts[task].identicals, fresh));
  }
  return inOrder(placed, settings.seed);
}

/** Originals and paraphrases of one task. */
function placeFreshRows(seed: number, task: Task, counts: TaskCounts, bodies: Set<string>): PlacedRow[] {
  const random = createSeededRandom(seed, `${task}/clusters`);
  const rows: PlacedRow[] = [];
  for (const [index, wordings] of spreadWordings(counts, random).entries()) {
    const feature = pickFeature(task, random);
    const [draft, contents] = drawCluster({ seed, task, index, feature, wordings }, bodies);
    const tenant = random.pick(tenants);
    const firstAt = random.unit() * originalsUntil;
    for (const [place, content] of contents.entries()) {
      rows.push({
        at: place === 0 ? firstAt : firstAt + random.unit() * (1 - firstAt),
        cluster: `${task}-${String(index + 1).padStart(4, "0")}`,
        variant: place === 0 ? "original" : "paraphrase",
        repeats: null,
        together: false,
        task,
        feature,
        draft,
        content,
        tenant,
        user: pickUser(tenant, random),
        stream: random.unit() < streamedShare[task],
        streamUsage: random.unit() < 0.5,
      });
    }
  }
  return rows;
}

/** How many wordings each cluster has: popular matters come first and are asked more often, none more than it has rewordings. */
function spreadWordings(counts: TaskCounts, random: SeededRandom): number[] {
  const wordings = Array.from({ length: counts.originals }, () => 1);
  for (let left = counts.paraphrases; left > 0; left -= 1) {
    let index = Math.floor(wordings.length * random.unit() ** 2);
    for (let tried = 0; tried < wordings.length && (wordings[index] ?? 0) >= wordingsMax; tried += 1) {
      index = (index + 1) % wordings.length;
    }
    wordings[index] = (wordings[index] ?? 0) + 1;
  }
  return wordings;
}

function pickFeature(task: Task, random: SeededRandom): Feature {
  let left = random.integer(0, 99);
  for (const feature of featuresOf[task]) {
    if (left < feature.percentOfTask) return feature;
    left -= feature.percentOfTask;
  }
  throw new Error(`the features of ${task} do not add up to 100 percent`);
}

function pickUser(tenant: string, random: SeededRandom): string {
  return `${tenant}-u${String(random.integer(1, usersPerTenant)).padStart(3, "0")}`;
}

interface ClusterPlan {
  readonly seed: number;
  readonly task: Task;
  readonly index: number;
  readonly feature: Feature;
  readonly wordings: number;
}

/** A cluster none of whose bodies occurred before. */
function drawCluster(plan: ClusterPlan, bodies: Set<string>): [ClusterDraft, DialectBody[]] {
  for (let draw = 0; draw < drawsMax; draw += 1) {
    const draft = draftCluster(plan, createSeededRandom(plan.seed, `${plan.task}/${plan.index}/${draw}`));
    const contents = draft.prompts.map((prompt) => buildBody(plan.feature.dialect, plan.task, prompt));
    const texts = contents.map((content) => JSON.stringify(content.body));
    if (new Set(texts).size !== texts.length || texts.some((text) => bodies.has(text))) continue;
    for (const text of texts) bodies.add(text);
    return [draft, contents];
  }
  throw new Error(`no new text for cluster ${plan.index + 1} of ${plan.task}; ask for fewer requests`);
}

function draftCluster(plan: ClusterPlan, random: SeededRandom): ClusterDraft {
  const { name } = plan.feature;
  switch (plan.task) {
    case "classification":
      return draftClassification(name, random, plan.wordings);
    case "qa":
      return draftQuestion(name, random, plan.wordings);
    case "summary":
      return draftSummary(name, random, plan.wordings);
    case "code":
      return draftCode(name, random, plan.wordings);
    default:
      return draftCompliance(name, random);
  }
}

/** Rows that repeat a row of `fresh` word for word, from another person of the same tenant. */
function placeRepeats(seed: number, task: Task, count: number, fresh: readonly PlacedRow[]): PlacedRow[] {
  const random = createSeededRandom(seed, `${task}/repeats`);
  return Array.from({ length: count }, (_, index) => {
    const repeated = fresh[Math.floor(fresh.length * random.unit() ** 2)];
    if (repeated === undefined) throw new Error(`${task} has nothing to repeat`);
    const together = index % togetherEvery === togetherEvery - 1;
    const at = together ? repeated.at : repeated.at + random.unit() * (1 - repeated.at);
    const user = pickUser(repeated.tenant, random);
    return { ...repeated, at, variant: "identical", repeats: repeated, together, user };
  });
}

/** Sorted by place; a row stands before those of the same place that were made later, which is before its repeats. */
function inOrder(placed: readonly PlacedRow[], seed: number): WorkloadRow[] {
  const sorted = placed.toSorted((left, right) => left.at - right.at);
  const sessionOf = drawSessions(seed);
  const ids = new Map(sorted.map((row, index) => [row, `r${String(index + 1).padStart(4, "0")}`]));
  return sorted.map((row) => ({
    id: ids.get(row) ?? "",
    cluster: row.cluster,
    variant: row.variant,
    repeats: row.repeats === null ? null : (ids.get(row.repeats) ?? null),
    together: row.together,
    expectedRoute: row.draft.expectedRoute,
    expectsTranslation: expectsTranslation(row),
    task: row.task,
    feature: row.feature.name,
    user: row.user,
    team: row.feature.team,
    session: sessionOf(row.feature, row.tenant),
    tenant: row.tenant,
    stream: row.stream,
    streamUsage: row.streamUsage,
    ...row.content,
  }));
}

function expectsTranslation({ draft, content, tenant }: PlacedRow): boolean {
  const { dialect } = content;
  return draft.expectedRoute === "cheap" && easyTargetOf(dialect, tenant).vendor !== vendorOf[dialect];
}
