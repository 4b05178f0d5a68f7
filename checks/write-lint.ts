import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { House } from "./house-rules.ts";
import { lintOverrides } from "./lint-overrides.ts";
import { root } from "./source-tree.ts";

// `npm run lint:generate`: writes the overrides of .oxlintrc.json from checks/rooms.json.
const file = join(root, ".oxlintrc.json");
const house = JSON.parse(readFileSync(join(root, "checks/rooms.json"), "utf8")) as House;
const lint = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
writeFileSync(file, `${JSON.stringify({ ...lint, overrides: lintOverrides(house) }, null, 2)}\n`);
