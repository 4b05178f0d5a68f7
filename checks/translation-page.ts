import type { DialectName } from "../src/spec/request.ts";
import { carriedFields } from "../src/providers/translation/carried-fields.ts";
import { translatedDialects } from "../src/spec/request.ts";
import { type CarriedFields, concepts, type FieldFate, type Says } from "../src/providers/translation/concepts.ts";

/** docs/reference/translation.md: what becomes of every field between every pair of dialects, from the tables that the code goes by. */
export function translationPage(): string {
  const names = translatedDialects;
  const parts = [heading];
  for (const caller of names) {
    const own = carriedFields[caller];
    if (own === undefined) continue;
    const others = names.filter((name) => name !== caller);
    parts.push(`## A caller of \`${caller}\``, "### Its request, sent to a target of", requestTable(own, others));
    parts.push(`### An answer of`, replyTable(caller, others));
  }
  parts.push("## How well each dialect says a concept", conceptTable(names));
  return `${parts.join("\n\n")}\n`;
}

const heading = `# Translation between dialects

Where a target speaks the caller's dialect, nothing is translated: bytes pass as they are. Otherwise every field of the caller's request has one of
these fates, and nothing is lost in silence:

- **kept**: means the same there. **approximated**: said by the nearest thing the other dialect has; the journal names it (\`near ...\`).
- **dropped**: the other dialect cannot say it and the answer does not hang on it; the journal names it (\`dropped ...\`).
- **refused**: the other dialect cannot say it and the answer would be another one. Asked for directly, the request ends with 400
  \`untranslatable\` naming the field; chosen by a rule of the operator, that target is passed over.

A field that is in no table is refused, so that a parameter invented yesterday is never lost. This page is written by \`npm run pages:generate\` from the
tables in \`src/providers/dialects/*/fields.ts\`, which name their sources; a test holds it to them.`;

function requestTable({ request }: CarriedFields, targets: readonly DialectName[]): string {
  const rows = Object.entries(request).map(([field, fate]) => [
    `\`${field}\``,
    ...targets.map((target) => fateAt(fate, carriedFields[target]?.says ?? {})),
  ]);
  return table(["field", ...targets.map((target) => `\`${target}\``)], rows);
}

/** The other way round: fields of the provider's answer, as the caller's dialect says them. */
function replyTable(caller: DialectName, providers: readonly DialectName[]): string {
  const says = carriedFields[caller]?.says ?? {};
  const tables = providers.map((provider) => {
    const rows = Object.entries(carriedFields[provider]?.reply ?? {}).map(([field, fate]) => [
      `\`${field}\``,
      fateAt(fate, says),
    ]);
    return `#### \`${provider}\`\n\n${table(["field", `in \`${caller}\``], rows)}`;
  });
  return tables.join("\n\n");
}

function fateAt(fate: FieldFate, says: Says): string {
  if ("kept" in fate) return "kept";
  if ("dropped" in fate) return `dropped: ${fate.dropped}`;
  if ("refused" in fate) return `refused: ${fate.refused}`;
  const said = says[fate.concept];
  if (said !== undefined) return said;
  return concepts[fate.concept] === "refuse" ? "refused" : "dropped";
}

function conceptTable(names: readonly DialectName[]): string {
  const rows = (Object.keys(concepts) as (keyof typeof concepts)[]).map((concept) => [
    concept,
    ...names.map((name) => carriedFields[name]?.says[concept] ?? `- (${concepts[concept]})`),
  ]);
  return table(["concept", ...names.map((name) => `\`${name}\``)], rows);
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
