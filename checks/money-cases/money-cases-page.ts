import { caseKinds, type CaseKind, type PlayableCase } from "./case.ts";

/** What the cases of a kind are about. */
const aboutKinds: Readonly<Record<CaseKind, string>> = {
  usage:
    "A provider's reply or stream, whole, as its vendor writes it, is read by the dialect that Farthing reads it with; the tokens of every\nclass and the cost are compared with those worked by hand.",
  "price book":
    "Price documents are compiled and asked. Prices are made up and stand in the case, so no change of a vendor's price touches it.",
  attempts:
    "Requests go through the whole pipeline to a provider that does what it is told: it refuses, breaks off, says nothing, or answers after the\ncaller has gone. The lines in the ledger are compared.",
  savings: "What is known of a request is split into baseline, cost and techniques.",
  reports:
    "Rows are written to a ledger on disk and asked for twice, once from the rows and once from roll-ups; both answers must be right.",
  budgets:
    "Requests pass pipeline, admission and the store of balances; what was let through and what is left in every account are compared.",
};

const intro = `# Cases we are immune to

Written by \`npm run pages:generate\` from the tables in \`checks/money-cases/\`; change those, not this page.

The most repeated bugs of this field are money bugs, and they are published. Each of these was one somewhere; here it is a test that runs with
every change (\`npx vitest run checks/money-cases\`). The amounts are worked by hand and stand in the case as sums of counts and prices, so nothing
that they judge takes part in them. Mistakes of the same kinds are planted into Farthing's own money to see that the cases notice, and none of
the cases passes against money that gets everything wrong.

What is said of other projects is what the reports say that are linked; some will have been mended since.
`;

/** The whole of docs/reference/money-cases.md, as the formatter leaves it. */
export function moneyCasesPage(cases: readonly PlayableCase[]): string {
  const projects = new Set(cases.flatMap(({ about }) => about.references.map(projectOf)));
  return [
    intro,
    `${cases.length} cases, from ${projects.size} projects:\n`,
    table(
      ["Kind", "Cases"],
      caseKinds.map((kind) => [`[${kind}](#${kind.replaceAll(" ", "-")})`, String(ofKind(cases, kind).length)]),
    ),
    ...caseKinds.flatMap((kind) => [
      `## ${capitalised(kind)}\n`,
      `${aboutKinds[kind]}\n`,
      `${ofKind(cases, kind).map(entryOf).join("\n")}\n`,
    ]),
  ].join("\n");
}

function ofKind(cases: readonly PlayableCase[], kind: CaseKind): readonly PlayableCase[] {
  return cases.filter((one) => one.kind === kind);
}

function entryOf({ about }: PlayableCase): string {
  const references = about.references.map(linkTo).join(", ");
  return `- \`${about.name}\` (${references})\n  - There: ${about.elsewhere}\n  - Here: ${about.here}`;
}

/** GitHub leads from an issue's address to the pull request of that number. */
function linkTo(reference: string): string {
  const parts = /^([^/\s]+)\/([^#\s]+)#(\d+)$/.exec(reference);
  return parts === null
    ? `<${reference}>`
    : `[${parts[2]}#${parts[3]}](https://github.com/${parts[1]}/${parts[2]}/issues/${parts[3]})`;
}

function projectOf(reference: string): string {
  return reference.startsWith("https://") ? new URL(reference).hostname : (reference.split("#")[0] ?? reference);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A Markdown table with its columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return `${[line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}
