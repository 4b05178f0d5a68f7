/** A column: its heading, and on which side its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

// Written by the escape itself, since a control character in a pattern is easily lost.
const colourCodes = new RegExp(`${String.fromCodePoint(27)}\\[\\d+m`, "g");

/** Characters a text takes on the screen, colour codes aside. */
export function shownWidth(text: string): number {
  return [...text.replace(colourCodes, "")].length;
}

/** Lines of a table: headings, then rows, two spaces between columns, no trailing space. Cells may hold colour codes. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => shownWidth(line[index] ?? ""))));
  return lines.map((line) =>
    columns
      .map((column, index) => pad(line[index] ?? "", widths[index] ?? 0, column.align))
      .join("  ")
      .trimEnd(),
  );
}

function pad(cell: string, width: number, align: Column["align"]): string {
  const space = " ".repeat(Math.max(0, width - shownWidth(cell)));
  return align === "left" ? cell + space : space + cell;
}

/** Text from outside (a feature's name, say) made safe for a terminal: control characters become `?`, long ones are cut. */
export function cleanCell(text: string, charactersMax = 60): string {
  const clean = text.replaceAll(/\p{C}/gu, "?");
  const characters = [...clean];
  return characters.length > charactersMax ? `${characters.slice(0, charactersMax - 1).join("")}…` : clean;
}
