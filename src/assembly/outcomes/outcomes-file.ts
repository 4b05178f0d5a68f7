import { FarthingError } from "../../kit/farthing-error.ts";
import type { Outcome } from "../../spec/outcome.ts";
import { parseOutcome } from "./outcomes-parse.ts";

/** Columns of a CSV file; `id` and `kind` must be there. */
const columns: readonly string[] = ["id", "kind", "value", "weight", "session", "request", "at"];

/**
 * Reads outcomes from the text of a file: CSV (RFC 4180, its first line names the columns) where the name ends in `.csv`, else
 * one JSON object a line. An empty cell is an absent field.
 * @throws FarthingError `invalid_request` with file and line.
 */
export function readOutcomeFile(name: string, text: string, nowMs: number): readonly Outcome[] {
  const plain = text.replace(/^\uFEFF/, "");
  return name.toLowerCase().endsWith(".csv") ? readCsv(name, plain, nowMs) : readLines(name, plain, nowMs);
}

function readLines(name: string, text: string, nowMs: number): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    outcomes.push(at(name, index + 1, () => parseOutcome(parseJson(line), "", nowMs)));
  }
  return outcomes;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new FarthingError("invalid_request", "The line is not JSON. Write one object a line, or name the file .csv.");
  }
}

function readCsv(name: string, text: string, nowMs: number): readonly Outcome[] {
  const [head, ...rows] = splitCsv(name, text);
  const names = (head?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const odd = names.find((column, index) => !columns.includes(column) || names.indexOf(column) !== index);
  if (odd !== undefined || !names.includes("id") || !names.includes("kind")) {
    const what = odd === undefined ? "lacks id or kind" : `has the column "${odd}"`;
    throw new FarthingError(
      "invalid_request",
      `${name}:1 ${what}. The first line names columns of ${columns.join(", ")}.`,
    );
  }
  return rows.map(({ line, cells }) =>
    at(name, line, () => {
      if (cells.length !== names.length) {
        throw new FarthingError("invalid_request", `The line has ${cells.length} cells, the first ${names.length}.`);
      }
      return parseOutcome(fieldsOf(names, cells), "", nowMs);
    }),
  );
}

function fieldsOf(names: readonly string[], cells: readonly string[]): object {
  const given: Record<string, unknown> = {};
  for (const [index, column] of names.entries()) {
    const cell = cells[index] ?? "";
    if (cell === "") continue;
    const isNumber = column === "weight" || (column === "at" && /^\d+$/.test(cell));
    given[column] = isNumber ? Number(cell) : cell;
  }
  return given;
}

interface CsvRow {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Cells in quotes may hold commas, line breaks and doubled quotes. Empty lines are passed over. */
function splitCsv(name: string, text: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y;
  let cells: string[] = [];
  let line = 1;
  let startLine = 1;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new FarthingError("invalid_request", `${name}:${line} has a quote where none may be.`);
    const [whole, written = "", end = ""] = match;
    cells.push(written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
    line += whole.split("\n").length - 1;
    if (end === ",") {
      if (cell.lastIndex >= text.length) cells.push("");
      else continue;
    }
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: startLine, cells });
    cells = [];
    startLine = line;
  }
  return rows;
}

/** Runs `read` with the place put before what it complains of. */
function at<Value>(name: string, line: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!FarthingError.isInstance(error)) throw error;
    throw new FarthingError(error.code, `${name}:${line} ${error.message}`, { cause: error });
  }
}
