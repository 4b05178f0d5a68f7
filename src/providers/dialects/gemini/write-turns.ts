import type { Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { demandsSignatures, signaturePlaceholder } from "./signature-placeholder.ts";
import { type ToolNames, writePart } from "./write-parts.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** One content to be: its parts may still become more. */
interface Content {
  readonly role: "user" | "model";
  readonly parts: JsonObject[];
  readonly onlyResults: boolean;
}

/**
 * The turns in Google's form. All calls of one step must stand in one content and all their results in the next, so
 * neighbouring turns of the model are joined, and so are neighbouring results.
 * @throws FarthingError `untranslatable` naming the concept
 */
export function writeTurns(turns: readonly Turn[], model: string, notes: WritingNotes): JsonObject[] {
  const names: ToolNames = new Map();
  const contents: Content[] = [];
  for (const turn of turns) {
    const written = turn.parts.map((part) => writePart(part, names, notes)).filter((part) => part !== null);
    if (written.length === 0) continue;
    const onlyResults = written.every((part) => part["functionResponse"] !== undefined);
    const role = turn.role === "assistant" ? "model" : "user";
    const last = contents.at(-1);
    if (last?.role === role && (role === "model" || (last.onlyResults && onlyResults))) last.parts.push(...written);
    else contents.push({ role, parts: written, onlyResults });
  }
  if (demandsSignatures(model)) for (const content of contents) signFirstCall(content, notes);
  return contents.map(({ role, parts }): JsonObject => ({ role, parts }));
}

function signFirstCall({ role, parts }: Content, notes: WritingNotes): void {
  if (role !== "model") return;
  const at = parts.findIndex((part) => part["functionCall"] !== undefined);
  const first = parts[at];
  if (first === undefined || first["thoughtSignature"] !== undefined) return;
  parts[at] = { ...first, thoughtSignature: signaturePlaceholder };
  notes.approximate("tool-call without its signature");
}
