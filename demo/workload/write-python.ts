import type { CodeModule } from "./code-module.ts";
import type { Entity } from "./data/entities.ts";
import type { SeededRandom } from "./seeded-random.ts";

const pythonTypes = { string: "str", number: "int", boolean: "bool", Date: "datetime" } as const;

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pascal(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Python about one kind of record: data class, loading, grouping, retrying and tests. */
export function writePythonModule(entity: Entity, random: SeededRandom): CodeModule {
  const type = pascal(entity.name);
  const fields = entity.fields.map(([name, kind]) => [snake(name), pythonTypes[kind], kind] as const);
  const [text = "name"] = fields.find(([, , kind]) => kind === "string") ?? [];
  const [number = "amount"] = fields.find(([, , kind]) => kind === "number") ?? [];
  const [date = "created_at"] = fields.find(([, , kind]) => kind === "Date") ?? [];
  const [flag = "active"] = fields.find(([, , kind]) => kind === "boolean") ?? [];
  const most = random.integer(1, 900) * 1_000;
  const attempts = random.integer(2, 9);
  const pause = random.integer(1, 90) / 10;
  const days = random.integer(7, 400);
  const code = `@dataclass
class ${type}:
    id: str
${fields.map(([name, kind]) => `    ${name}: ${kind}`).join("\n")}


LARGEST_${number.toUpperCase()} = ${most}


def parse_${entity.name}(row: dict[str, str]) -> ${type}:
    """Turns a row of the export into a ${entity.name}; raises ValueError when it cannot be one."""
    ${number} = int(row["${number}"])
    if not 0 <= ${number} <= LARGEST_${number.toUpperCase()}:
        raise ValueError(f"${number} out of range: {${number}}")
    return ${type}(
        id=row["id"],
${fields
  .map(([name, , kind]) => {
    if (kind === "number") return `        ${name}=${name},`;
    if (kind === "Date") return `        ${name}=datetime.fromisoformat(row["${name}"]),`;
    return kind === "boolean" ? `        ${name}=row["${name}"] == "yes",` : `        ${name}=row["${name}"].strip(),`;
  })
  .join("\n")}
    )


def load_${entity.plural}(path: Path) -> list[${type}]:
    with path.open(newline="", encoding="utf-8") as handle:
        return [parse_${entity.name}(row) for row in csv.DictReader(handle)]


def ${number}_by_${text}(${entity.plural}: list[${type}]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for ${entity.name} in ${entity.plural}:
        if ${entity.name}.${flag}:
            continue
        totals[${entity.name}.${text}] = totals.get(${entity.name}.${text}, 0) + ${entity.name}.${number}
    return totals


def stale_${entity.plural}(${entity.plural}: list[${type}], now: datetime) -> list[${type}]:
    limit = now - timedelta(days=${days})
    return sorted((one for one in ${entity.plural} if one.${date} < limit), key=lambda one: one.${date})


def push_${entity.name}(client: Client, ${entity.name}: ${type}) -> None:
    """Sends a ${entity.name} and tries again when the other side is busy."""
    for attempt in range(${attempts}):
        response = client.post("/${entity.plural}", json=asdict(${entity.name}))
        if response.status_code < 500:
            return
        time.sleep(${pause} * 2**attempt)
    raise TimeoutError(f"${entity.name} {${entity.name}.id} was not accepted")


def test_${number}_by_${text}_leaves_out_${flag}() -> None:
    rows = [make_${entity.name}(${number}=${random.integer(1, 999)}), make_${entity.name}(${number}=${random.integer(1, 999)}, ${flag}=True)]
    assert ${number}_by_${text}(rows) == {rows[0].${text}: rows[0].${number}}`;
  const functions = [
    `parse_${entity.name}`,
    `load_${entity.plural}`,
    `${number}_by_${text}`,
    `stale_${entity.plural}`,
    `push_${entity.name}`,
  ];
  return { text: code, functions };
}
