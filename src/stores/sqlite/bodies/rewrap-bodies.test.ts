import { afterEach, beforeEach, expect, it } from "vitest";
import { lockDirectory } from "../data-directory.ts";
import { writeHead } from "./body-head.ts";
import { deriveMasterKey } from "./body-keys.ts";
import { chainStart } from "./body-chain.ts";
import { createBodyReader } from "./read-bodies.ts";
import { openBodyFile } from "./open-body-file.ts";
import { rewrapBodies } from "./rewrap-bodies.ts";
import { makeBodyFolder, removeBodyFolder, tamper, testKey, verifyIn, writeSample } from "./test-body-files.ts";

const nextKey = "another secret of more than 32 characters";
let directory: string;
beforeEach(() => {
  directory = makeBodyFolder();
  writeSample(directory);
});
afterEach(() => removeBodyFolder(directory));

async function textsUnder(key: string): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for await (const { body } of createBodyReader(directory, key).read({}))
    texts.push(body === null ? null : new TextDecoder().decode(body));
  return texts;
}

it("puts another key in place: the same bodies, the same chain, and the old key opens nothing", async () => {
  const before = await textsUnder(testKey);
  const head = (await verifyIn(directory)).head;
  expect(rewrapBodies(directory, testKey, nextKey)).toBe(4);
  expect(await textsUnder(nextKey)).toEqual(before);
  expect(await createBodyReader(directory, nextKey).verify(head ?? undefined)).toMatchObject({ head, brokenAt: null });
  await expect(verifyIn(directory)).rejects.toThrow(/another key/);
  openBodyFile(directory, nextKey).database.close();
});

it("does nothing with a wrong old key, beside a gateway, or over an edited key", async () => {
  expect(() => rewrapBodies(directory, nextKey, testKey)).toThrow(/another key/);
  const lock = lockDirectory(directory);
  expect(() => rewrapBodies(directory, testKey, nextKey)).toThrow(/Another Farthing/);
  lock.close();
  expect((await verifyIn(directory)).brokenAt).toBeNull();
  tamper(directory, "UPDATE data_keys SET wrapped = zeroblob(60) WHERE data_key = 1");
  expect(() => rewrapBodies(directory, testKey, nextKey)).toThrow(/was edited/);
  expect((await verifyIn(directory)).brokenAt?.what).toBe("the key of its body was edited");
});

it("a process that dies before its commit leaves a head that fits the old key and the new one", async () => {
  const file = openBodyFile(directory, testKey);
  file.database.close();
  writeHead(directory, [file.master, deriveMasterKey(nextKey)], chainStart);
  expect((await verifyIn(directory)).brokenAt).toBeNull();
});
