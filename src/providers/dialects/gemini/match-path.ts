import type { CallPath, PathFacts } from "../../../spec/dialect.ts";

/** Source: ai.google.dev/api/generate-content and ai.google.dev/gemini-api/docs/api-versions (v1, v1beta), read 2026-11-21. */
const pattern = /^\/v1(?:beta)?\/models\/(.+):(generateContent|streamGenerateContent)$/;

/** Model and kind of answer by the path; null for other paths. The model may hold slashes and escapes. */
export function matchPath(path: string): PathFacts | null {
  const found = pattern.exec(path);
  if (found === null) return null;
  try {
    return { model: decodeURIComponent(found[1] ?? ""), stream: found[2] === "streamGenerateContent" };
  } catch {
    return null;
  }
}

/** The path to call. `v1beta` knows every field that `v1` knows. */
export function callPath({ model, stream }: CallPath): string {
  return `/v1beta/models/${encodeURIComponent(model)}:${stream ? "streamGenerateContent" : "generateContent"}`;
}
