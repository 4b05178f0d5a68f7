import { describe, expect, it } from "vitest";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { TargetRule } from "../../spec/route.ts";
import { createSeededRandom } from "../../testing/seeded-random.ts";
import { plainAnswer } from "../../testing/plain-dialect.ts";
import { createStageContext, stageCaller, stageEndpoint, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts } from "../../testing/stage-ports.ts";
import { buildPipeline } from "../order.ts";
import { createChooseTarget } from "./choose-target.ts";

const first = stageEndpoint("first");
const second = stageEndpoint("second");
const rules: readonly TargetRule[] = [
  { name: "short", when: { promptTokensMax: 10 }, use: [{ endpoint: first, model: "small" }] },
  { name: "search", when: { feature: ["search"] }, use: [{ endpoint: second, model: "other" }] },
  {
    name: "tools",
    when: { tools: true },
    use: [
      { endpoint: second, model: "other" },
      { endpoint: first, model: "large" },
    ],
  },
];

/** The context that the stage hands on, and its line in the journal. */
async function chosen(
  changes: Partial<Omit<Context, "ports" | "request" | "rawBody">>,
  body = {},
): Promise<{ targets: readonly string[]; line: string }> {
  const context = createStageContext({
    body: { text: "x".repeat(200), ...body },
    changes: { route: stageRoute({ rules }), ...changes },
  });
  let handedOn: Context = context;
  await createChooseTarget().wrap((inner) => {
    handedOn = inner;
    return Promise.resolve({ status: 200 } as Reply);
  })(context);
  const [entry] = context.journal.entries;
  const targets = handedOn.targets.map((target) => `${target.endpoint.id}/${target.model}`);
  return {
    targets,
    line: `${entry?.reason}: ${entry?.decision}${entry?.note === undefined ? "" : ` (${entry.note})`}`,
  };
}

describe("the rule table", () => {
  it("leaves what no rule is about as asked", async () => {
    expect(await chosen({})).toEqual({ targets: ["first/model-a"], line: "as-asked: as asked" });
  });

  it("goes by size, claims and tools; fallbacks follow in their order", async () => {
    expect(await chosen({}, { text: "x" })).toEqual({ targets: ["first/small"], line: "rule: first/small (short)" });
    const caller = stageCaller({ claims: { tags: [], feature: "search" } });
    expect((await chosen({ caller })).targets).toEqual(["second/other"]);
    expect((await chosen({}, { tools: [] })).targets).toEqual(["second/other", "first/large"]);
  });

  it("keeps an own key at its own endpoint", async () => {
    const own = stageCaller({
      kind: "own-key",
      providerKey: "sk-own",
      endpointId: "first",
      claims: { tags: [], feature: "search" },
    });
    expect(await chosen({ caller: own })).toEqual({
      targets: ["first/model-a"],
      line: "no-usable-target: as asked (search)",
    });
    expect((await chosen({ caller: { ...own, claims: { tags: [] } } }, { tools: [] })).targets).toEqual([
      "first/large",
    ]);
  });
});

it("500 random requests with own keys and failing providers: no key ever reaches another endpoint", async () => {
  const random = createSeededRandom(7);
  const ports = createStagePorts();
  ports.transport.script = () => (random() < 0.4 ? { status: 503 } : { pieces: [plainAnswer("x")] });
  const endpoints = ["first", "second", "third"].map((id) =>
    stageEndpoint(id, random() < 0.5 ? { serverKey: null } : {}),
  );
  const any = () => endpoints[Math.floor(random() * endpoints.length)] ?? first;
  const running: Promise<unknown>[] = [];
  for (let count = 0; count < 500; count++) {
    const home = any();
    const route = stageRoute({
      rules: [
        {
          name: "r",
          when: {},
          use: [
            { endpoint: any(), model: "m1" },
            { endpoint: any(), model: "m2" },
            { endpoint: any(), model: "m3" },
          ],
        },
      ],
    });
    const caller = stageCaller({ kind: "own-key", providerKey: `sk-${home.id}`, endpointId: home.id });
    const context = createStageContext({
      ports,
      changes: { route, caller, targets: [{ endpoint: home, model: "model-a" }] },
    });
    running.push(buildPipeline(route, false)(context));
  }
  for (let step = 0; step < 40; step++) await ports.clock.advanceAsync(100);
  await Promise.all(running);
  expect(ports.transport.calls.length).toBeGreaterThan(500);
  for (const { call } of ports.transport.calls) {
    expect(call.headers.filter((header) => header.includes("sk-"))).toEqual([`Bearer sk-${call.endpoint.id}`]);
    expect(call.headers.join()).not.toContain("server-key");
  }
});
