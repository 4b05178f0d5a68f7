import type { CodeModule } from "./code-module.ts";
import type { Entity } from "./data/entities.ts";
import type { SeededRandom } from "./seeded-random.ts";

function pascal(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function sample(type: string, random: SeededRandom): string {
  if (type === "string") return JSON.stringify(`sample-${random.integer(100, 9_999)}`);
  if (type === "number") return String(random.integer(1, 90_000));
  if (type === "boolean") return random.unit() < 0.5 ? "true" : "false";
  return `new Date("2026-0${random.integer(1, 9)}-1${random.integer(0, 9)}T08:00:00Z")`;
}

/** TypeScript about one kind of record: type, check, queries, sum, import and tests. */
export function writeTypeScriptModule(entity: Entity, random: SeededRandom): CodeModule {
  const type = pascal(entity.name);
  const types = pascal(entity.plural);
  const [text = "name"] = entity.fields.find(([, kind]) => kind === "string") ?? [];
  const [number = "amount"] = entity.fields.find(([, kind]) => kind === "number") ?? [];
  const [date = "createdAt"] = entity.fields.find(([, kind]) => kind === "Date") ?? [];
  const [flag = "active"] = entity.fields.find(([, kind]) => kind === "boolean") ?? [];
  const pageSize = random.integer(2, 40) * 25;
  const most = random.integer(1, 900) * 1_000;
  const days = random.integer(7, 400);
  const columns = entity.fields.map(([name]) => name).join(", ");
  const marks = entity.fields.map((_, index) => `$${index + 2}`).join(", ");
  const values = entity.fields.map(([name]) => `${entity.name}.${name}`).join(", ");
  const samples = entity.fields.map(([name, kind]) => `  ${name}: ${sample(kind, random)},`).join("\n");
  const code = `export interface ${type} {
  id: string;
${entity.fields.map(([name, kind]) => `  ${name}: ${kind};`).join("\n")}
}

const ${entity.plural}PerPage = ${pageSize};
const largest${pascal(number)} = ${most};

/** Refuses what no ${entity.name} can be. */
export function check${type}(${entity.name}: ${type}): void {
  if (${entity.name}.${text}.trim() === "") throw new RangeError("a ${entity.name} needs a ${text}");
  if (!Number.isInteger(${entity.name}.${number})) throw new RangeError("${number} must be a whole number");
  if (${entity.name}.${number} < 0 || ${entity.name}.${number} > largest${pascal(number)}) {
    throw new RangeError(\`${number} out of range: \${${entity.name}.${number}}\`);
  }
}

export async function insert${type}(database: Database, ${entity.name}: ${type}): Promise<void> {
  check${type}(${entity.name});
  await database.run(
    "insert into ${entity.plural} (id, ${columns}) values ($1, ${marks})",
    [${entity.name}.id, ${values}],
  );
}

export async function list${types}(database: Database, ${text}: string): Promise<${type}[]> {
  const rows = await database.all("select * from ${entity.plural} where ${text} = $1 order by ${date}", [${text}]);
  return rows.map((row) => ({ ...row, ${date}: new Date(row.${date}) }) as ${type});
}

/** Marks old ${entity.plural} and says how many there were. */
export async function archiveOld${types}(database: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - ${days} * 24 * 60 * 60 * 1000);
  const rows = await database.all("select id from ${entity.plural} where ${date} < $1 and ${flag} = false", [before]);
  for (const row of rows) {
    await database.run("update ${entity.plural} set ${flag} = true where id = $1", [row.id]);
  }
  return rows.length;
}

export async function sum${pascal(number)}(database: Database, ${text}: string): Promise<number> {
  let sum = 0;
  for (let page = 0; ; page += 1) {
    const rows = await database.all(
      "select ${number} from ${entity.plural} where ${text} = $1 limit $2 offset $3",
      [${text}, ${entity.plural}PerPage, page * ${entity.plural}PerPage],
    );
    for (const row of rows) sum += row.${number};
    if (rows.length < ${entity.plural}PerPage) return sum;
  }
}

test("${entity.plural} are found by ${text}", async () => {
  const ${entity.name}: ${type} = {
    id: "${entity.name}-${random.integer(1_000, 99_999)}",
${samples}
  };
  await insert${type}(database, ${entity.name});
  expect(await list${types}(database, ${entity.name}.${text})).toEqual([${entity.name}]);
});`;
  const functions = [`insert${type}`, `list${types}`, `archiveOld${types}`, `sum${pascal(number)}`, `check${type}`];
  return { text: code, functions };
}
