import * as z from "zod";
import { type DialectName, dialectNames } from "../../spec/request.ts";

/** A recorded exchange, one line of a file for `farthing cache warm`. */
export interface WarmRow {
  readonly tenant: string;
  readonly dialect: DialectName;
  /** Path of the call where the dialect keeps model and mode in it (Gemini); null: not needed. */
  readonly path: string | null;
  readonly headers: readonly string[];
  readonly request: Buffer;
  readonly answer: Buffer;
  /** When it was bought, milliseconds since the epoch; null: not told. */
  readonly boughtAtMs: number | null;
}

const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

const rowSchema = z.strictObject({
  tenant: z.string().min(1).max(128),
  dialect: z.enum(dialectNames).prefault("openai-chat"),
  path: z.string().max(1024).optional(),
  headers: z.record(z.string().max(128), z.string().max(4096)).prefault({}),
  request: z.record(z.string(), z.unknown()),
  answer: z.record(z.string(), z.unknown()),
  boughtAt: z.union([z.number().int().min(0), z.string().regex(momentPattern)]).optional(),
});

/** Anthropic's clients always send it, and it stands in the key. */
const usualHeaders: Readonly<Partial<Record<DialectName, readonly string[]>>> = {
  "anthropic-messages": ["anthropic-version", "2023-06-01"],
};

/** The row of a parsed line, or what is wrong with it. */
export function readWarmRow(document: unknown): WarmRow | string {
  const parsed = rowSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join(".") ?? ""} ${issue?.message ?? "is not a recorded exchange"}`.trim();
  }
  const { tenant, dialect, path = null, headers, request, answer, boughtAt } = parsed.data;
  const given = Object.entries(headers).flat();
  return {
    tenant,
    dialect,
    path,
    headers: given.length === 0 ? (usualHeaders[dialect] ?? []) : given,
    request: Buffer.from(JSON.stringify(request)),
    answer: Buffer.from(JSON.stringify(answer)),
    boughtAtMs: boughtAt === undefined ? null : typeof boughtAt === "number" ? boughtAt : Date.parse(boughtAt),
  };
}
