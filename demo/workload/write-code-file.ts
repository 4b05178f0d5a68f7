import type { CodeModule } from "./code-module.ts";
import { entities, type Entity } from "./data/entities.ts";
import { firmStems } from "./data/names.ts";
import { writePythonModule } from "./write-python.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { writeSqlModule } from "./write-sql.ts";
import { writeTypeScriptModule } from "./write-typescript.ts";

/** Languages that the code of the workload is written in. */
export type CodeLanguage = "typescript" | "python" | "sql";

/** A file of code. */
export interface CodeFile extends CodeModule {
  readonly path: string;
}

const endings: Readonly<Record<CodeLanguage, string>> = { typescript: "ts", python: "py", sql: "sql" };

const writers: Readonly<Record<CodeLanguage, (entity: Entity, random: SeededRandom) => CodeModule>> = {
  typescript: writeTypeScriptModule,
  python: writePythonModule,
  sql: writeSqlModule,
};

/** A file of about `letters` letters; names, limits and the order of records depend on the random source. */
export function writeCodeFile(language: CodeLanguage, random: SeededRandom, letters: number): CodeFile {
  const folder = `${random.pick(firmStems).toLowerCase()}-${random.integer(10, 99)}`;
  const modules: CodeModule[] = [];
  let size = 0;
  for (const entity of random.shuffle(entities)) {
    if (size >= letters) break;
    const module = writers[language](entity, random);
    modules.push(module);
    size += module.text.length;
  }
  const text = modules.map((module) => module.text).join("\n\n");
  const path = `src/${folder}/records-${random.integer(100, 999)}.${endings[language]}`;
  return { path, text, functions: modules.flatMap((module) => module.functions) };
}
