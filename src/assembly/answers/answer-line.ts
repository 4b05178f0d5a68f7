import * as z from "zod";
import { isolations } from "../../spec/cache-scope.ts";
import type { AnswerEntry } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import { dialectNames } from "../../spec/request.ts";
import type { Usage } from "../../spec/usage.ts";

/** Name of the form; a line of another is refused. */
const form = "farthing.answer.v1";

const lineSchema = z.strictObject({
  schema: z.literal(form),
  owner: z.string().min(1).max(128),
  isolation: z.enum(isolations),
  partition: z.string().min(1).max(128),
  key: z.string().min(1).max(128),
  kind: z.enum(["whole", "stream"]),
  status: z.number().int().min(200).max(499),
  dialect: z.enum(dialectNames),
  streamUsage: z.boolean(),
  headers: z.array(z.string()).max(64),
  /** Base64 of each piece. */
  pieces: z.array(z.string()).max(100_000),
  usage: z.looseObject({
    source: z.enum(["provider", "estimated", "unknown"]),
    tokens: z.record(z.string(), z.number()),
  }),
  endpointId: z.string(),
  vendor: z.string(),
  model: z.string(),
  servedModel: z.string().nullable(),
  boughtBy: z.string().regex(/^\d{1,19}$/),
  costPicoUsd: z.string().regex(/^\d{1,19}$/),
  asked: z.string().nullable(),
  storedAtMs: z.number().int(),
  freshUntilMs: z.number().int(),
  endsAtMs: z.number().int(),
  tags: z.array(z.string().max(512)).max(64),
});

/** An entry as a line of JSON; what `farthing cache export` writes. Holds the answer in full. */
export function answerLine({ scope, key, answer }: AnswerEntry): string {
  const { owner, isolation, partition } = scope;
  const pieces = answer.pieces.map((piece) => Buffer.from(piece).toString("base64"));
  return JSON.stringify({
    schema: form,
    owner,
    isolation,
    partition,
    key,
    ...answer,
    boughtBy: answer.boughtBy.toString(),
    costPicoUsd: answer.costPicoUsd.toString(),
    pieces,
  });
}

/** Whether a line's document is one that {@link answerLine} wrote, of any version. */
export function looksLikeAnswerLine(document: unknown): boolean {
  if (typeof document !== "object" || document === null || !("schema" in document)) return false;
  return typeof document.schema === "string" && document.schema.startsWith("farthing.answer.");
}

/** The entry of a line, or what is wrong with it. */
export function readAnswerLine(document: unknown): AnswerEntry | string {
  const parsed = lineSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join(".") ?? ""} ${issue?.message ?? "is not a stored answer"}`.trim();
  }
  const {
    schema: _form,
    owner,
    isolation,
    partition,
    key,
    pieces,
    boughtBy,
    costPicoUsd,
    usage,
    ...rest
  } = parsed.data;
  return {
    scope: { owner: owner as Scope, isolation, partition: partition as Scope },
    key,
    answer: {
      ...rest,
      pieces: pieces.map((piece) => new Uint8Array(Buffer.from(piece, "base64"))),
      usage: usage as Usage,
      boughtBy: BigInt(boughtBy),
      costPicoUsd: BigInt(costPicoUsd),
    },
  };
}
