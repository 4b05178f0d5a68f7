import { findMutants } from "./find-mutants.ts";
import { openTestBench } from "./test-bench.ts";
import { readFileSync } from "node:fs";
const files = [
  "src/money/compile-tables.ts",
  "src/money/decimal.ts",
  "src/money/compile-prices.ts",
  "src/money/price-at.ts",
];
const b = await openTestBench("/work/main", (p) =>
  /src\/money\/(price-at|cost-of|compile|decimal|content|merge|price-rules|find)/.test(p),
);
console.log(await b.setFailingAside());
let n = 0,
  odd = 0;
const t0 = performance.now();
for (let round = 0; round < 2; round++)
  for (const f of files)
    for (const m of findMutants(f, readFileSync(f, "utf8"))) {
      const t = performance.now();
      const fate = await b.judge(m);
      const same = await b.judge({ ...m, text: m.original });
      n++;
      if (fate !== "killed" || same !== "survived") {
        odd++;
        console.log(round, f, m.line, m.original, "->", m.text, fate, same, Math.round(performance.now() - t));
      }
    }
console.log(n, odd, performance.now() - t0);
await b.close();
