import type { CodeModule } from "./code-module.ts";
import type { Entity } from "./data/entities.ts";
import type { SeededRandom } from "./seeded-random.ts";

const sqlTypes = { string: "text", number: "bigint", boolean: "boolean", Date: "timestamptz" } as const;

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** SQL about one kind of record: table, indexes, a view, functions and a report. */
export function writeSqlModule(entity: Entity, random: SeededRandom): CodeModule {
  const fields = entity.fields.map(([name, kind]) => [snake(name), sqlTypes[kind], kind] as const);
  const [text = "name"] = fields.find(([, , kind]) => kind === "string") ?? [];
  const [number = "amount"] = fields.find(([, , kind]) => kind === "number") ?? [];
  const [date = "created_at"] = fields.find(([, , kind]) => kind === "Date") ?? [];
  const [flag = "active"] = fields.find(([, , kind]) => kind === "boolean") ?? [];
  const most = random.integer(1, 900) * 1_000;
  const days = random.integer(7, 400);
  const top = random.integer(5, 50);
  const suffix = random.integer(10, 99);
  const code = `create table ${entity.plural} (
  id uuid primary key default gen_random_uuid(),
${fields.map(([name, kind]) => `  ${name} ${kind} not null,`).join("\n")}
  constraint ${entity.name}_${number}_in_range check (${number} between 0 and ${most})
);
create index ${entity.plural}_${text}_idx on ${entity.plural} (${text}, ${date} desc);
create index ${entity.plural}_open_idx on ${entity.plural} (${date}) where not ${flag};

create view open_${entity.plural}_${suffix} as
  select ${text}, count(*) as how_many, sum(${number}) as total_${number}, min(${date}) as oldest
  from ${entity.plural}
  where not ${flag} and ${date} > now() - interval '${days} days'
  group by ${text}
  having sum(${number}) > ${Math.floor(most / 10)};

create function close_${entity.plural}(p_${text} text, p_before timestamptz) returns bigint
language plpgsql as $$
declare
  closed bigint := 0;
  candidate record;
begin
  for candidate in
    select id from ${entity.plural} where ${text} = p_${text} and ${date} < p_before and not ${flag}
  loop
    update ${entity.plural} set ${flag} = true where id = candidate.id;
    closed := closed + 1;
  end loop;
  return closed;
end $$;

create function top_${entity.plural}(p_since timestamptz) returns table (${text} text, total bigint, share numeric)
language sql stable as $$
  select ${text}, sum(${number})::bigint,
         sum(${number})::numeric / nullif((select sum(${number}) from ${entity.plural} where ${date} >= p_since), 0)
  from ${entity.plural}
  where ${date} >= p_since
  group by ${text}
  order by 2 desc
  limit ${top};
$$;

create function move_${entity.name}(p_id uuid, p_to text) returns void
language plpgsql as $$
declare
  present text;
begin
  select ${text} into present from ${entity.plural} where id = p_id;
  if present is null then
    raise exception 'no ${entity.name} with id %', p_id;
  end if;
  insert into ${entity.name}_moves (${entity.name}_id, moved_from, moved_to, moved_at) values (p_id, present, p_to, now());
  update ${entity.plural} set ${text} = p_to where id = p_id;
end $$;

-- Weekly report ${suffix}: growth per ${text} against the ${top} days before.
with recent as (
  select ${text}, sum(${number}) as total from ${entity.plural}
  where ${date} >= now() - interval '${top} days' group by ${text}
), earlier as (
  select ${text}, sum(${number}) as total from ${entity.plural}
  where ${date} >= now() - interval '${top * 2} days' and ${date} < now() - interval '${top} days' group by ${text}
)
select recent.${text}, recent.total, earlier.total as before, recent.total - coalesce(earlier.total, 0) as growth
from recent left join earlier on earlier.${text} = recent.${text}
order by growth desc nulls last;`;
  const functions = [
    `close_${entity.plural}`,
    `top_${entity.plural}`,
    `move_${entity.name}`,
    `open_${entity.plural}_${suffix}`,
  ];
  return { text: code, functions };
}
