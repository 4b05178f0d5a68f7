import { clients, type ClientName, features } from "./features.ts";
import { type CellResult, type Results, sortedCells } from "./results.ts";

/** docs/reference/compatibility.md: every client, endpoint and feature, at every provider it was tried with. */
export function compatibilityPage(results: Results): string {
  const cells = sortedCells(results.cells);
  const parts = [intro(results, cells)];
  for (const client of clients) {
    const own = cells.filter((cell) => cell.client === client);
    if (own.length > 0) parts.push(`## ${client}`, versionLine(client, results), ...endpointTables(own));
  }
  parts.push("## What a feature's test holds", table(["feature", "holds when"], Object.entries(features)));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function intro({ versions, skippedBecause }: Results, cells: readonly CellResult[]): string {
  const count = (wanted: (cell: CellResult) => boolean): number => cells.filter(wanted).length;
  const translated = count(({ mode }) => mode === "translated");
  return `# Compatibility

Real clients, unmodified, against the gateway as \`farthing start\` runs it, before the [fake provider](fake-provider.md): no real vendor is
called. A square passes only when the client itself showed content and usage (or raised its own error), the ledger's row says the same tokens,
and the call left the gateway in the dialect that the column claims. **native**: the provider speaks the client's dialect, bytes pass as they are.
**translated**: it speaks another one ([how](translation.md)); **refused**: what passed is a 400 of the client's own class that names the field, because the
provider's dialect has no such thing and leaving it out would change the answer. This page is written by \`npm run test:clients\` from
\`consumer-tests/all-clients/results.json\`. How to point each client at the gateway: [clients](../guides/clients.md).

${table(
  ["squares", "pass", "refused", "fail", "skipped", "native", "translated"],
  [
    [
      cells.length,
      count(({ result }) => result === "pass"),
      count(({ result }) => result === "refused"),
      count(({ result }) => result === "fail"),
      count(({ result }) => result === "skipped"),
      cells.length - translated,
      translated,
    ].map(String),
  ],
)}

Columns: \`openai\` (chat, responses, embeddings, completions), \`anthropic\` (messages), \`google\` (Gemini), \`openai-responses\` (a provider that speaks
responses only), \`chat-server\` (one that speaks chat only and shows its thinking as \`reasoning_content\`). An empty square was not tried.${skippedBecause === "" ? "" : ` Skipped squares: ${skippedBecause}.`}

Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}.`;
}

function versionLine(client: ClientName, { versions }: Results): string {
  const names = client.startsWith("ai + ") ? ["ai", client.slice("ai + ".length)] : [client];
  const known = names.filter((name) => versions[name] !== undefined);
  return known.length === 0 ? "" : `Version: ${known.map((name) => `${name} ${versions[name] ?? ""}`).join(", ")}.`;
}

function endpointTables(cells: readonly CellResult[]): readonly string[] {
  return unique(cells.map(({ endpoint }) => endpoint)).flatMap((endpoint) => {
    const own = cells.filter((cell) => cell.endpoint === endpoint);
    return [`### \`${endpoint}\``, endpointTable(own)];
  });
}

function endpointTable(cells: readonly CellResult[]): string {
  const providers = unique(cells.map(({ provider }) => provider));
  const heads = providers.map((provider) => {
    const mode = cells.find((cell) => cell.provider === provider)?.mode ?? "";
    return `${provider} (${mode})`;
  });
  const asked = new Set<string>(cells.map(({ feature }) => feature));
  const rows = Object.keys(features)
    .filter((feature) => asked.has(feature))
    .map((feature) => [
      feature,
      ...providers.map((provider) => {
        const found = cells.find((cell) => cell.feature === feature && cell.provider === provider);
        return found === undefined ? "" : found.result === "fail" ? "**fail**" : found.result;
      }),
    ]);
  return table(["feature", ...heads], rows);
}

function unique<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}

/** A table with its columns in line, as the formatter writes them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) => Math.max(3, text.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
