import { expect, test } from "vitest";
import type { Scope } from "../../spec/caller.ts";
import type { JsonObject } from "../../spec/json.ts";
import { createStageContext, stageCaller } from "../../testing/stage-context.ts";
import { plainStream } from "../../testing/plain-dialect.ts";
import { CacheRig, eventStream } from "./test-exact-cache.ts";

const encoder = new TextEncoder();

function answerOf(model: string, text: string): Uint8Array {
  return encoder.encode(JSON.stringify({ id: "a", model, text, finish: "stop", tokens: { input: 7, output: 3 } }));
}

async function textFor(rig: CacheRig, tenant: string, body: JsonObject = {}): Promise<string> {
  const caller = stageCaller({ scope: tenant as Scope });
  const reply = await rig.handler(
    createStageContext({ ports: rig.ports, body, changes: { route: rig.route, caller } }),
  );
  return reply.kind === "stream"
    ? "stream"
    : String((JSON.parse(new TextDecoder().decode(reply.body)) as JsonObject)["text"]);
}

test("when an alias answers as another snapshot, the old one's answers die for every tenant of this process", async () => {
  const rig = new CacheRig();
  rig.answers({ pieces: [answerOf("snapshot-1", "old")] });
  for (const tenant of ["one", "two"]) await textFor(rig, tenant);
  expect([await textFor(rig, "one"), await textFor(rig, "two"), rig.calls]).toEqual(["old", "old", 2]);
  await rig.ports.clock.advanceAsync(10);
  rig.answers({ pieces: [answerOf("snapshot-2", "new")] });
  expect(await textFor(rig, "one", { question: "another" })).toBe("new");
  expect([await textFor(rig, "two"), await textFor(rig, "one"), rig.calls]).toEqual(["new", "new", 5]);
  expect([await textFor(rig, "two"), await textFor(rig, "one"), rig.calls]).toEqual(["new", "new", 5]);
});

test("for the tenant that noticed also in every process that shares the store", async () => {
  const rig = new CacheRig();
  rig.answers({ pieces: [answerOf("snapshot-1", "old")] });
  await textFor(rig, "one");
  const [entry] = rig.ports.answers.entries.values();
  await rig.ports.clock.advanceAsync(10);
  rig.answers({ pieces: [answerOf("snapshot-2", "new")] });
  await textFor(rig, "one", { question: "another" });
  if (entry === undefined) throw new Error("nothing was stored");
  expect(rig.ports.answers.get(entry.scope, entry.key, rig.ports.clock.nowMs()).answer).toBeNull();
});

test("streams tell it too, also those that are too large to be stored", async () => {
  const rig = new CacheRig();
  await textFor(rig, "one");
  await rig.ports.clock.advanceAsync(10);
  const pieces = plainStream("x".repeat(400)).map((piece) =>
    encoder.encode(new TextDecoder().decode(piece).replace('"model":"served"', '"model":"served-2"')),
  );
  rig.answers({ headers: eventStream, pieces });
  await rig.ask({ body: { stream: true } });
  rig.answers({ pieces: [answerOf("served-2", "new")] });
  expect(await textFor(rig, "one")).toBe("new");
});
