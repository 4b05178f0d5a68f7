import type {
  CacheMark,
  Conversation,
  DocumentPart,
  ImagePart,
  Part,
  Settings,
  TextPart,
  ToolSpec,
  Turn,
} from "../../spec/conversation.ts";
import { type Concept, concepts, type Says, untranslatable } from "./concepts.ts";

/** A conversation that a dialect can say whole, and the concepts that had to be left out. */
export interface Restriction {
  readonly conversation: Conversation;
  readonly dropped: readonly Concept[];
}

/** Settings by the concept they are. */
const settingConcepts = {
  outputTokensMax: "output-tokens-max",
  temperature: "temperature",
  topP: "top-p",
  topK: "top-k",
  stop: "stop",
  seed: "seed",
  frequencyPenalty: "frequency-penalty",
  presencePenalty: "presence-penalty",
  toolChoice: "tool-choice",
  parallelToolCalls: "parallel-tool-calls",
  verbosity: "verbosity",
  user: "user",
  metadata: "metadata",
  serviceTier: "service-tier",
} as const satisfies Partial<Record<keyof Settings, Concept>>;

/**
 * Leaves out what a dialect cannot say, so that its writer need not ask.
 * @throws FarthingError `untranslatable` for what must not be left out.
 */
export function restrict(conversation: Conversation, says: Says): Restriction {
  return new Restricting(says).run(conversation);
}

class Restricting {
  readonly #says: Says;
  readonly #dropped: Set<Concept> = new Set();

  constructor(says: Says) {
    this.#says = says;
  }

  run({ model, stream, system, turns, tools, settings }: Conversation): Restriction {
    if (system.length > 0) this.#can("system");
    const conversation: Conversation = {
      model,
      stream,
      system: system.map((part) => this.#text(part)),
      turns: turns.map((turn) => this.#turn(turn)),
      tools: tools.map((tool) => this.#tool(tool)),
      settings: this.#settings(settings),
    };
    return { conversation, dropped: [...this.#dropped] };
  }

  /** True when the dialect can say it; else drops or refuses it. */
  #can(concept: Concept): boolean {
    if (this.#says[concept] !== undefined) return true;
    if (concepts[concept] === "refuse") throw untranslatable(concept, "its dialect has no such thing");
    this.#dropped.add(concept);
    return false;
  }

  #turn({ role, name, parts }: Turn): Turn {
    if (role === "system") this.#can("system-turn");
    const kept = parts.map((part) => this.#part(part)).filter((part) => part !== null);
    return { role, parts: kept, ...(name !== undefined && this.#can("speaker-name") ? { name } : {}) };
  }

  #part(part: Part): Part | null {
    switch (part.type) {
      case "text":
        return this.#text(part);
      case "image":
        return this.#image(part);
      case "document":
        return this.#document(part);
      case "audio":
        return this.#can("audio") ? part : null;
      case "tool-call": {
        this.#can("tool-call");
        const { cache, signature, ...rest } = part;
        return { ...rest, ...this.#cache(cache), ...this.#signature(signature) };
      }
      case "tool-result": {
        this.#can("tool-result");
        const { cache, isError, parts, ...rest } = part;
        if (parts.some(({ type }) => type !== "text")) this.#can("tool-result-media");
        const kept = parts.map((inner) => this.#part(inner) as TextPart | ImagePart | DocumentPart);
        return { ...rest, parts: kept, isError: isError && this.#can("tool-result-error"), ...this.#cache(cache) };
      }
      case "reasoning":
        if (part.redacted !== null && !this.#can("reasoning-redacted")) return null;
        if (!this.#can("reasoning")) return null;
        return {
          ...part,
          signature: part.signature !== null && this.#can("reasoning-signature") ? part.signature : null,
          id: part.id !== null && this.#can("reasoning-id") ? part.id : null,
        };
      case "refusal":
        return this.#can("refusal") ? part : null;
    }
  }

  #text({ cache, signature, ...rest }: TextPart): TextPart {
    this.#can("text");
    return { ...rest, ...this.#cache(cache), ...this.#signature(signature) };
  }

  #image({ cache, detail, ...rest }: ImagePart): ImagePart {
    this.#can(rest.source.kind === "url" ? "image-url" : "image-data");
    const seen = detail !== undefined && this.#can("image-detail") ? { detail } : {};
    return { ...rest, ...seen, ...this.#cache(cache) };
  }

  #document({ cache, name, ...rest }: DocumentPart): DocumentPart {
    this.#can(rest.source.kind === "url" ? "document-url" : "document-data");
    const named = name !== undefined && this.#can("document-name") ? { name } : {};
    return { ...rest, ...named, ...this.#cache(cache) };
  }

  #tool({ cache, strict, ...rest }: ToolSpec): ToolSpec {
    this.#can("tools");
    return { ...rest, strict: strict !== null && this.#can("tool-strict") ? strict : null, ...this.#cache(cache) };
  }

  #cache(cache: CacheMark | undefined): { cache?: CacheMark } {
    return cache !== undefined && this.#can("cache-mark") ? { cache } : {};
  }

  #signature(signature: string | undefined): { signature?: string } {
    return signature !== undefined && this.#can("part-signature") ? { signature } : {};
  }

  #settings(settings: Settings): Settings {
    const kept: Record<string, unknown> = {};
    for (const name in settingConcepts) {
      const key = name as keyof typeof settingConcepts;
      if (settings[key] !== undefined && this.#can(settingConcepts[key])) kept[key] = settings[key];
    }
    return { ...(kept as Settings), ...this.#format(settings.format), ...this.#reasoning(settings.reasoning) };
  }

  #format(format: Settings["format"]): Pick<Settings, "format"> {
    if (format === undefined) return {};
    this.#can(format.kind === "json" ? "format-json" : "format-schema");
    const named = format.kind === "json" || format.name === null || this.#can("format-schema-name");
    return { format: named ? format : { ...format, name: null } };
  }

  #reasoning(reasoning: Settings["reasoning"]): Pick<Settings, "reasoning"> {
    if (reasoning === undefined) return {};
    const { effort, budgetTokens, show } = reasoning;
    const kept = {
      effort: effort !== null && this.#can("reasoning-effort") ? effort : null,
      budgetTokens: budgetTokens !== null && this.#can("reasoning-budget") ? budgetTokens : null,
      show: show !== null && this.#can("reasoning-show") ? show : null,
    };
    return kept.effort === null && kept.budgetTokens === null && kept.show === null ? {} : { reasoning: kept };
  }
}
