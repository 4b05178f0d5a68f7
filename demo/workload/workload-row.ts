/** The five kinds of work; also the value of the header `x-farthing-task`. */
export type Task = "classification" | "qa" | "summary" | "code" | "compliance";

/** The kinds of work in the order in which they are shown. */
export const tasks: readonly Task[] = ["classification", "qa", "summary", "code", "compliance"];

/** What a row counts as: a kind of work, or the job that runs away and has a budget of its own (`backfill.ts`). */
export type RowTask = Task | "backfill";

/** Everything that a bill has a line for, in the order in which it is shown. */
export const rowTasks: readonly RowTask[] = [...tasks, "backfill"];

/**
 * `original`: the first of its cluster. `paraphrase`: asks what the original asks, in other words. `identical`: the very
 * same body as an earlier row of the same tenant.
 */
export type Variant = "original" | "paraphrase" | "identical";

/** What the operator's rules are meant to do with a row: a cheaper model, the model as asked, or nothing at all (compliance). */
export type ExpectedRoute = "cheap" | "as-asked" | "pinned";

/** Wire format of a row. */
export type RowDialect = "openai-chat" | "anthropic-messages";

/** A block of text of a message in parts; both vendors write it alike. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** Body of a row for `POST /v1/chat/completions`, without `stream`. */
export interface OpenAiBody {
  readonly model: string;
  readonly messages: (
    | { readonly role: "system"; readonly content: string }
    | { readonly role: "user"; readonly content: string | TextPart[] }
  )[];
  readonly max_completion_tokens: number;
  readonly temperature: number;
}

/** Body of a row for `POST /v1/messages`, without `stream`. */
export interface AnthropicBody {
  readonly model: string;
  readonly system: string;
  readonly messages: { readonly role: "user"; readonly content: string | TextPart[] }[];
  readonly max_tokens: number;
  readonly temperature: number;
}

/** The truth about a row, never sent as such: what a perfect optimiser may do with it, and what would be a mistake. */
interface RowLabels {
  /** `r0001` and so on, in the order of sending. */
  readonly id: string;
  /** Rows of one cluster deserve the same answer. */
  readonly cluster: string;
  readonly variant: Variant;
  /** Id of the earlier row that an identical row repeats; null for the others. */
  readonly repeats: string | null;
  /** An identical row that is sent at the same moment as the row it repeats, not after its answer. */
  readonly together: boolean;
  readonly expectedRoute: ExpectedRoute;
  /** The cheaper model meant for it is another vendor's, so the call is to be translated into that vendor's dialect. */
  readonly expectsTranslation: boolean;
}

/** What the caller says about a row; sent as `x-farthing-*` headers, except for the tenant, which is the API key. */
interface RowClaims {
  readonly task: RowTask;
  readonly feature: string;
  readonly user: string;
  readonly team: string;
  /** The conversation it belongs to; null outside the support team, whose work comes in conversations. */
  readonly session: string | null;
  readonly tenant: string;
}

/** One request of the workload with its labels. */
export type WorkloadRow = RowLabels &
  RowClaims & {
    readonly stream: boolean;
    /** An OpenAI stream whose caller asks for the usage chunk. */
    readonly streamUsage: boolean;
  } & (
    | { readonly dialect: "openai-chat"; readonly body: OpenAiBody }
    | { readonly dialect: "anthropic-messages"; readonly body: AnthropicBody }
  );

/** What a model is asked: a system text, and the user's text in one piece or in parts (a document, then the wish). */
export interface Prompt {
  readonly system: string;
  readonly user: string | TextPart[];
}

/** A cluster before it is spread over the workload: one prompt and its rewordings. */
export interface ClusterDraft {
  readonly feature: string;
  readonly expectedRoute: ExpectedRoute;
  /** The original first, then as many paraphrases as were asked for. */
  readonly prompts: readonly [Prompt, ...Prompt[]];
}
