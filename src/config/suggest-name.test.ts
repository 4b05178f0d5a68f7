import { describe, expect, it } from "vitest";
import { suggestName } from "./suggest-name.ts";

const known = ["exactCache", "coalesce", "addStreamUsage", "targets", "retry", "timeouts", "abort", "name"];

describe("suggestName", () => {
  it.each([
    ["exactcache", "exactCache"],
    ["exact_cache", "exactCache"],
    ["exact-cache", "exactCache"],
    ["colaesce", "coalesce"],
    ["timeout", "timeouts"],
    ["retyr", "retry"],
    ["target", "targets"],
    ["nmae", "name"],
  ])("%s was meant to be %s", (written, meant) => {
    expect(suggestName(written, known)).toBe(meant);
  });

  it.each(["xyz", "budget", "a", ""])("has no idea about %j", (written) => {
    expect(suggestName(written, known)).toBeNull();
  });
});
