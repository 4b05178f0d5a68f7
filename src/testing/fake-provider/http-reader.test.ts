import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HttpReader, type IncomingCall } from "./http-reader.ts";

interface Heard {
  readonly calls: IncomingCall[];
  readonly bad: string[];
  continued: number;
}

function listen(release: boolean): { reader: HttpReader; heard: Heard } {
  const heard: Heard = { calls: [], bad: [], continued: 0 };
  const reader = new HttpReader({
    call: (call) => {
      heard.calls.push(call);
      if (release) reader.release();
    },
    expectContinue: () => (heard.continued += 1),
    bad: (reason) => heard.bad.push(reason),
  });
  return { reader, heard };
}

const wire = Buffer.from(
  "POST /v1/messages?beta=true HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n" +
    '{"a":1}GET / HTTP/1.1\r\nhost: y\r\nconnection: close\r\n\r\n' +
    "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n",
);

function describeCalls(calls: readonly IncomingCall[]): unknown[] {
  return calls.map(({ method, path, query, body, keepAlive }) => [method, path, query, body.toString(), keepAlive]);
}

const expected = [
  ["POST", "/v1/messages", "?beta=true", '{"a":1}', true],
  ["GET", "/", "", "", false],
  ["POST", "/c", "", "abcdefg", true],
];

test("reads pipelined requests, with lengths and in chunks, wherever the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (sizes) => {
      const { reader, heard } = listen(true);
      let at = 0;
      for (const size of sizes) {
        if (at >= wire.length) break;
        reader.push(wire.subarray(at, at + size));
        at += size;
      }
      if (at < wire.length) reader.push(wire.subarray(at));
      expect(describeCalls(heard.calls)).toEqual(expected);
      expect(heard.bad).toEqual([]);
    }),
  );
});

test("reports one request at a time", () => {
  const { reader, heard } = listen(false);
  reader.push(wire);
  expect(heard.calls).toHaveLength(1);
  reader.release();
  expect(heard.calls).toHaveLength(2);
});

test("asks for the body where the client waits for that", () => {
  const { reader, heard } = listen(true);
  reader.push(Buffer.from("POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n"));
  expect([heard.continued, heard.calls.length]).toEqual([1, 0]);
  reader.push(Buffer.from("x"));
  expect([heard.continued, heard.calls.length]).toEqual([1, 1]);
});

test.each([
  "nonsense\r\n\r\n",
  "GET / HTTP/2.0\r\n\r\n",
  "GET / HTTP/1.1\r\nno colon\r\n\r\n",
  "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
  "POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n",
  "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  `GET / HTTP/1.1\r\nx: ${"y".repeat(70_000)}`,
  `POST / HTTP/1.1\r\ncontent-length: ${2 ** 40}\r\n\r\n`,
])("refuses %#", (text) => {
  const { reader, heard } = listen(true);
  reader.push(Buffer.from(text));
  expect(heard.bad).toHaveLength(1);
  expect(heard.calls).toHaveLength(0);
});
