import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../../spec/cache-control.ts";
import { stageChecks, type StageSubject } from "../../testing/stage-conformance.ts";
import { stageEndpoint, stageRoute, stageCache } from "../../testing/stage-context.ts";
import { createCallProvider } from "./call-provider.ts";
import { createChooseTarget } from "./choose-target.ts";
import { createCoalesce } from "./coalesce.ts";
import { createEmbeddingCache } from "./embedding-cache.ts";
import { createExactCache } from "./exact-cache.ts";
import { createMeter } from "./meter.ts";
import { createRetry } from "./retry.ts";
import { createSettle } from "./settle.ts";
import { createStoreBody } from "./store-body.ts";

const cached = stageRoute({
  exactCache: stageCache({ enabled: true, ttlMs: 1_000, entryBytesMax: 1_000_000 }),
  coalesce: { enabled: true },
});
const other = { endpoint: stageEndpoint("second"), model: "small" };
const ruled = stageRoute({ rules: [{ name: "cheap", when: { promptTokensMax: 1_000 }, use: [other] }] });
const counted = { streamUsage: true };

const subjects: readonly StageSubject[] = [
  { name: "settle", kind: "duty", create: createSettle, idle: {}, acting: {} },
  {
    name: "store-body",
    kind: "duty",
    create: () => createStoreBody(),
    idle: { changes: { route: stageRoute({ storeBodies: true }) } },
    acting: { compliance: { changes: { route: stageRoute({ compliance: true, storeBodies: true }) } } },
  },
  {
    name: "exact-cache",
    kind: "optimisation",
    create: createExactCache,
    idle: { body: { n: 2 }, changes: { route: cached } },
    acting: {
      miss: { changes: { route: cached } },
      "fresh answer wanted": { changes: { route: cached, cacheControl: { ...noCacheWishes, lookUp: false } } },
      refresh: { changes: { route: cached, purpose: "refresh" } },
    },
  },
  {
    name: "embedding-cache",
    kind: "optimisation",
    create: createEmbeddingCache,
    idle: { changes: { route: cached } },
    acting: {
      miss: { dialect: "openai-embeddings", changes: { route: cached } },
      "a word twice": { dialect: "openai-embeddings", body: { text: "one two one" }, changes: { route: cached } },
    },
  },
  {
    name: "coalesce",
    kind: "optimisation",
    create: () => createCoalesce(),
    idle: { body: { tools: [] }, changes: { route: cached } },
    acting: { leader: { changes: { route: cached } } },
  },
  {
    name: "choose-target",
    kind: "optimisation",
    create: createChooseTarget,
    idle: { body: { model: "model-b" } },
    acting: { rule: { changes: { route: ruled } } },
  },
  {
    name: "retry",
    kind: "optimisation",
    create: createRetry,
    idle: {},
    acting: { fallbacks: { changes: { targets: [{ endpoint: stageEndpoint("first"), model: "model-a" }, other] } } },
  },
  { name: "meter", kind: "duty", create: createMeter, idle: { body: counted }, acting: { "adds usage": {} } },
  {
    name: "call-provider",
    kind: "duty",
    create: createCallProvider,
    innermost: true,
    idle: {},
    acting: { "other model": { changes: { targets: [other] } } },
  },
];

describe.each(subjects)("$name keeps the stage contract", (subject) => {
  it.each(stageChecks)("$name", async (check) => {
    await expect(check.run(subject)).resolves.toBeUndefined();
  });
});

it("is run for every stage that says what it is", () => {
  for (const subject of subjects) expect(subject.create()).toMatchObject({ name: subject.name, kind: subject.kind });
});
