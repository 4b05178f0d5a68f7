import { expect, test } from "vitest";
import { readMultipart } from "./multipart.ts";

const type = "multipart/form-data; boundary=xyz";
const form = (lines: readonly string[]): Buffer => Buffer.from(lines.join("\r\n"), "latin1");
const whole = form([
  "--xyz",
  'Content-Disposition: form-data; name="model"',
  "",
  "whisper-1",
  "--xyz",
  'Content-Disposition: form-data; name="file"; filename="a b.wav"',
  "Content-Type: audio/wav",
  "",
  "\x00\xff\r\n--xy\r\n",
  "--xyz--",
  "",
]);

test("fields are text, files are bytes, even such that look like a boundary", () => {
  const read = readMultipart(type, whole);
  expect([...(read?.fields ?? [])]).toEqual([["model", "whisper-1"]]);
  expect(read?.files.get("file")).toEqual({
    filename: "a b.wav",
    bytes: Buffer.from("\x00\xff\r\n--xy\r\n", "latin1"),
  });
});

test("a quoted boundary is read, too", () => {
  expect(readMultipart('multipart/form-data; boundary="xyz"', whole)).toEqual(readMultipart(type, whole));
});

test.each([
  ["another type", "application/json", whole],
  ["no boundary", "multipart/form-data", whole],
  ["another boundary", "multipart/form-data; boundary=abc", whole],
  ["a body that is cut", type, whole.subarray(0, 120)],
  ["nothing", type, Buffer.alloc(0)],
])("%s is no form", (_, given, body) => {
  expect(readMultipart(given, body)).toBeNull();
});
