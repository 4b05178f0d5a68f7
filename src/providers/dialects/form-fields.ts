import type { FormlessRequest } from "../../spec/dialect.ts";
import type { OmittedMembers } from "../../spec/json.ts";
import type { ModelRequest } from "../../spec/request.ts";

const whole: OmittedMembers = new Map([["stream", null]]);

/**
 * For dialects that say the form of an answer in their body: `stream`, and of a streamed request these members of
 * `stream_options`. A request that is not streamed keeps the latter: OpenAI refuses them there, so it is another question.
 */
export function formInBody(options: readonly string[]): (request: ModelRequest, query: string) => FormlessRequest {
  const streamed: OmittedMembers = new Map([
    ["stream", null],
    ["stream_options", new Map(options.map((name) => [name, null]))],
  ]);
  return ({ stream }, query) => ({ omitted: stream ? streamed : whole, query });
}
