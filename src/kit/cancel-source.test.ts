import { describe, expect, it } from "vitest";
import type { CancelSignal } from "../spec/cancel-signal.ts";
import { CancelSource } from "./cancel-source.ts";

/** The same questions to ours and to the platform's: they must be exchangeable. */
const kinds: readonly (readonly [string, () => { readonly signal: CancelSignal; abort(): void }])[] = [
  ["CancelSource", () => new CancelSource()],
  ["AbortController", () => new AbortController()],
];

describe.each(kinds)("%s", (_name, create) => {
  it("calls functions and objects once, in order", () => {
    const source = create();
    const calls: string[] = [];
    source.signal.addEventListener("abort", () => calls.push("function"), { once: true });
    source.signal.addEventListener("abort", { handleEvent: () => calls.push("object") });
    expect([source.signal.aborted, calls]).toEqual([false, []]);
    source.abort();
    source.abort();
    expect([source.signal.aborted, calls]).toEqual([true, ["function", "object"]]);
  });

  it("forgets a removed listener and adds one only once", () => {
    const source = create();
    let calls = 0;
    const listener = { handleEvent: () => (calls += 1) };
    source.signal.addEventListener("abort", listener);
    source.signal.addEventListener("abort", listener);
    source.signal.removeEventListener("abort", listener);
    source.signal.addEventListener("abort", listener);
    source.abort();
    expect(calls).toBe(1);
  });

  it("calls nobody who comes after the abort", () => {
    const source = create();
    source.abort();
    let calls = 0;
    source.signal.addEventListener("abort", () => (calls += 1));
    source.abort();
    expect(calls).toBe(0);
  });
});

it("does not gather listeners without end", () => {
  const source = new CancelSource();
  expect(() => {
    for (let index = 0; index <= 10_000; index += 1) source.addEventListener("abort", () => index);
  }).toThrow("Too many listeners");
});
