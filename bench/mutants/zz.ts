import { findMutants } from "./find-mutants.ts";
import { openTestBench } from "./test-bench.ts";
import { readFileSync } from "node:fs";
const f = process.argv[2]!;
const ms = findMutants(f, readFileSync(f, "utf8"));
const b = await openTestBench("/work/main", (p) => /src\/money\//.test(p) && !/price-(docs|files)/.test(p));
console.log(await b.setFailingAside());
for (const m of ms) {
  const t = performance.now();
  console.log(await b.judge(m), m.line, m.original, "->", m.text, Math.round(performance.now() - t));
}
await b.close();
