import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { installLastResort } from "./last-resort.ts";
import { nodeProblem } from "./node-version.ts";

describe("installLastResort", () => {
  it("tells what nobody caught in one line each, without quoted text, at most 60 a minute, until it is removed", () => {
    const source = Object.assign(new EventEmitter(), { stderr: new EventEmitter() });
    const lines: string[] = [];
    let nowMs = 60_000;
    const remove = installLastResort(
      source,
      (line) => lines.push(line),
      () => nowMs,
    );
    source.emit("unhandledRejection", new SyntaxError('Unexpected token, "my "secret" prompt" is not valid JSON'));
    expect(lines[0]).not.toContain("secret");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "error",
      event: "unhandled-rejection",
      name: "SyntaxError",
      message: 'Unexpected token, "..." is not valid JSON',
      stack: expect.arrayContaining([expect.stringContaining("last-resort.test.ts")]) as unknown,
    });
    source.emit("uncaughtException", "text of a request");
    expect(lines[1]).not.toContain("text of a request");
    for (let count = 0; count < 100; count++) source.emit("uncaughtException", new Error("again"));
    expect(lines).toHaveLength(60);
    nowMs += 60_000;
    source.emit("uncaughtException", new Error("again"));
    expect(lines).toHaveLength(61);
    expect(() => source.stderr.emit("error", Object.assign(new Error("gone"), { code: "EPIPE" }))).not.toThrow();
    remove();
    expect(source.listenerCount("uncaughtException") + source.listenerCount("unhandledRejection")).toBe(0);
  });
});

describe("nodeProblem", () => {
  it("names the version that is too old", () => {
    expect(nodeProblem("24.0.0")).toBeNull();
    expect(nodeProblem("100.1.0")).toBeNull();
    expect(nodeProblem("22.19.0")).toContain("this is Node 22.19.0");
  });
});
