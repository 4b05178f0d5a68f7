import { FarthingError } from "../../kit/farthing-error.ts";
import type { Dialect } from "../../spec/dialect.ts";
import type { Quirks } from "../../spec/quirks.ts";
import type { DialectName, ModelRequest } from "../../spec/request.ts";
import type { Codec, ConversationReading } from "../../spec/codec.ts";
import type { Translation, Translator } from "../../spec/translation.ts";
import type { TranslatedRequest } from "../../spec/translated-request.ts";
import type { Says } from "./concepts.ts";
import { errorForStatus, statusFor } from "./error-kinds.ts";
import { renderAnswer } from "./render-answer.ts";
import { restrict } from "./restrict.ts";
import { TranslatedStream } from "./translated-stream.ts";

/** The last body that a request was written as. */
interface Written {
  readonly model: string;
  readonly quirks: Quirks;
  readonly translated: TranslatedRequest;
}

const encoder: TextEncoder = new TextEncoder();

/** Translations between all dialects that have a codec. `saysOf` tells what a dialect can say. */
export function createTranslator(
  dialects: Readonly<Record<DialectName, Dialect>>,
  saysOf: (dialect: DialectName) => Says,
): Translator {
  const known = new Map<string, Translation>();
  // One request may be tried against several targets; it is read once.
  const readings: WeakMap<ModelRequest, ConversationReading> = new WeakMap();
  return {
    between(caller, provider) {
      const from = dialects[caller];
      const to = dialects[provider];
      if (caller === provider || from.codec === null || to.codec === null) return null;
      const name = `${caller}>${provider}`;
      const found = known.get(name) ?? translation(from, from.codec, to.codec, saysOf(provider), readings);
      known.set(name, found);
      return found;
    },
    render: (stored, asked) => renderAnswer(dialects, stored, asked),
  };
}

function translation(
  caller: Dialect,
  from: Codec,
  to: Codec,
  says: Says,
  readings: WeakMap<ModelRequest, ConversationReading>,
): Translation {
  // A target is tried before it is chosen and asked afterwards; the second time the same bytes do.
  const last: WeakMap<ModelRequest, Written> = new WeakMap();
  return {
    request(request, model, options) {
      const known = last.get(request);
      if (known?.model === model && known.quirks === options.quirks) return known.translated;
      const reading = readings.get(request) ?? shown(from.readConversation(request), from);
      readings.set(request, reading);
      const restricted = restrict({ ...reading.conversation, model }, says);
      const writing = to.writeConversation(restricted.conversation, options);
      const translated: TranslatedRequest = {
        body: encoder.encode(JSON.stringify(writing.body)),
        query: to.callQuery(request.stream),
        headers: to.callHeaders ?? [],
        dropped: [...reading.dropped, ...restricted.dropped, ...writing.dropped],
        approximated: writing.approximated,
      };
      last.set(request, { model, quirks: options.quirks, translated });
      return translated;
    },
    answer(body, asked, quirks) {
      const answer = to.readAnswer(body, quirks);
      if (answer === null) {
        throw new FarthingError(
          "upstream_broken",
          "The provider answered with something that is no answer. Try again.",
        );
      }
      return encoder.encode(JSON.stringify(from.writeAnswer(answer, asked)));
    },
    error: (status, body, asked) =>
      caller.renderError(errorForStatus(to.readError(body), status, caller.name, asked.requestId)),
    errorStatus: (status) => statusFor(status, caller.name),
    stream: (asked, quirks) =>
      new TranslatedStream(to.openReader(quirks), from.openWriter(asked), caller, asked.requestId),
  };
}

/** Where a caller's dialect shows the thinking that was asked for without a further word, the other one is told to. */
function shown(reading: ConversationReading, { showsThinking }: Codec): ConversationReading {
  const { conversation } = reading;
  const { reasoning } = conversation.settings;
  const asks = reasoning !== undefined && reasoning.budgetTokens !== 0 && reasoning.effort !== "none";
  if (showsThinking !== true || !asks || reasoning.show !== null) return reading;
  const settings = { ...conversation.settings, reasoning: { ...reasoning, show: true } };
  return { ...reading, conversation: { ...conversation, settings } };
}
