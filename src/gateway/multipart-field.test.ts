import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multipartField } from "./multipart-field.ts";

const type = "multipart/form-data; boundary=----formdata-1";
const form = (...parts: readonly string[]): Buffer =>
  Buffer.from([...parts.map((part) => `------formdata-1\r\n${part}\r\n`), "------formdata-1--\r\n"].join(""), "latin1");
const field = (name: string, value: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const file = `Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n`;

describe("a field of a form", () => {
  it("is found before and after a file, whose bytes may be anything", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, first) => {
        const content = file + Buffer.from(bytes).toString("latin1");
        fc.pre(!content.includes("------formdata-1"));
        const parts = first ? [field("model", "whisper-1"), content] : [content, field("model", "whisper-1")];
        expect(multipartField(type, form(...parts), "model")).toBe("whisper-1");
      }),
    );
  });

  // undici writes the name in quotes, curl and the official clients too; RFC 7578 allows a token.
  it.each([
    ['multipart/form-data; charset=utf-8; boundary="----formdata-1"', field("model", "a")],
    ["Multipart/Form-Data;boundary=----formdata-1", "content-disposition: form-data; name=model\r\n\r\na"],
    [type, `Content-Type: text/plain\r\n${field("model", "a")}`],
  ])("is read from %s", (contentType, part) => {
    expect(multipartField(contentType, form(part), "model")).toBe("a");
  });

  it.each([
    ["no such field", type, form(field("modes", "a"))],
    ["a file of that name", type, form('Content-Disposition: form-data; name="model"; filename="m"\r\n\r\na')],
    ["a value too long", type, form(field("model", "a".repeat(2000)))],
    ["no end", type, Buffer.from(`------formdata-1\r\n${field("model", "a")}`)],
    ["no form", "application/json", form(field("model", "a"))],
    ["no boundary", "multipart/form-data", form(field("model", "a"))],
    ["nothing", type, Buffer.alloc(0)],
  ])("is null where there is %s", (_, contentType, body) => {
    expect(multipartField(contentType, body, "model")).toBeNull();
  });
});
