import { noQuirks } from "../src/spec/quirks.ts";
import type { Capabilities, VendorRow } from "../src/spec/vendor.ts";

const intro = `# Vendors

Written by \`npm run pages:generate\` from the rows in \`src/providers/vendors/\`; change those, not this page.

A provider of the config that has one of these names, or names one with \`vendor:\`, takes over what stands here; what the
provider says itself wins ([config](config.md)). Models and prices are not part of a row: any model name is passed on, and what
has no price is \`unpriced\` ([prices](prices.md)). How far a row is known to hold:

- **documented**: read from the vendor's pages, the source of its server, or what others wrote down of them, in the stored copies
  and on the days named below. No row was tried against the vendor's real API by us; that would be **live**.
- **assumed**: taken over from what servers of its kind do.

For any other server that speaks one of the dialects: \`vendor: openai-compatible\` with \`baseUrl\`, or \`baseUrl\` and \`dialects\`
without a vendor.
`;

/** The whole of docs/reference/vendors.md, as the formatter leaves it. */
export function vendorsPage(rows: readonly VendorRow[]): string {
  return [
    intro,
    "## Addresses\n",
    "An address without one for everybody is `baseUrl` of your own. The first dialect is the vendor's own.\n",
    table(
      ["Vendor", "Name", "Address", "Dialects", "Key in", "Status"],
      rows.map((row) => [
        `\`${row.id}\``,
        row.name,
        row.baseUrl ?? "your own",
        row.dialects.join(", "),
        row.keyless ? "none" : `\`${row.keyHeader}: ${row.keyPrefix}...\``,
        row.status,
      ]),
    ),
    "## Departures\n",
    "Where a server departs from its dialect: the settings `quirks` and `paths` of a provider. The others depart nowhere.\n",
    table(
      ["Vendor", "Quirks", "Paths"],
      rows.flatMap((row) => departuresOf(row)),
    ),
    "## What the models can do\n",
    "At best; a single model may do less. Used for choosing and for people, never for money. A dash: it depends on what is\ndeployed, or no page that was read tells.\n",
    table(
      ["Vendor", "Context", "Can", "Prompt cache"],
      rows.map(({ id, capabilities }) => [
        `\`${id}\``,
        capabilities.contextTokensMax?.toLocaleString("en") ?? "-",
        abilitiesOf(capabilities).join(", "),
        capabilities.promptCache,
      ]),
    ),
    "## Sources\n",
    ...rows.map((row) => `**${row.name}**\n\n${row.sources.map(linked).join("\n")}\n`),
  ].join("\n");
}

function departuresOf({ id, quirks, paths }: VendorRow): string[][] {
  const odd = Object.entries(quirks).filter(([name, value]) => value !== noQuirks[name as keyof typeof noQuirks]);
  const own = Object.entries(paths);
  if (odd.length === 0 && own.length === 0) return [];
  return [[`\`${id}\``, listed(odd), listed(own)]];
}

function listed(entries: readonly (readonly [string, unknown])[]): string {
  return entries.map(([name, value]) => `\`${name}: ${String(value)}\``).join(", ");
}

function abilitiesOf(capabilities: Capabilities): string[] {
  const { tools, vision, documents, reasoning, embeddings, batch } = capabilities;
  return Object.entries({ tools, vision, documents, reasoning, embeddings, batch }).flatMap(([name, can]) =>
    can ? [name] : [],
  );
}

function linked(source: string): string {
  const [address = "", ...rest] = source.split(" ");
  return `- <${address}> ${rest.join(" ")}`;
}

/** A Markdown table with its columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return `${[line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}
