import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./source-tree.ts";

/** Every Markdown page of the root and of docs/, by path from the root. */
export function readMarkdown(): ReadonlyMap<string, string> {
  const top = readdirSync(root).filter((name) => name.endsWith(".md"));
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".md"),
  );
  const paths = [...top, ...docs.map((name) => `docs/${name.replaceAll("\\", "/")}`)];
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
