import { isJsonObject, listOf, type JsonBody, type Refusal } from "../prepared-reply.ts";
import { geminiError, unknownField } from "./errors.ts";
import { field, messageAt, names, unknownMember } from "./google-fields.ts";
import { unknownSchemaMember } from "./google-schema.ts";

/** Members of GenerateContentRequest and its parts (ai.google.dev/api/generate-content, November 2026). */
const requestMembers = names(
  "model contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent serviceTier store labels continuationToken",
);
const configMembers = names(
  `stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens
  temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs enableEnhancedCivicAnswers
  speechConfig thinkingConfig imageConfig mediaResolution responseFormat audioTranscriptionConfig`,
);
const declarationMembers = names(
  "name description behavior parameters parametersJsonSchema response responseJsonSchema",
);
const partMembers = names(
  `text inlineData fileData functionCall functionResponse executableCode codeExecutionResult videoMetadata thought
  thoughtSignature partMetadata mediaResolution mediaProcessing toolCall toolResponse`,
);

function invalidRequest(line: string): Refusal {
  return geminiError(400, `* GenerateContentRequest.${line}\n`);
}

function contentRefusal(content: unknown, index: number): Refusal | null {
  if (!isJsonObject(content)) return geminiError(400, `Invalid value at 'contents[${index}]' (Content)`);
  const role = content["role"];
  if (role !== undefined && role !== "user" && role !== "model" && role !== "function") {
    return geminiError(400, "Please use a valid role: user, model.");
  }
  const parts = listOf(content["parts"]);
  if (parts.length === 0) return invalidRequest(`contents[${index}].parts: contents.parts must not be empty.`);
  for (const [at, part] of parts.entries()) {
    const wrong = isJsonObject(part) ? unknownMember(part, partMembers) : null;
    if (wrong !== null) return unknownField(wrong, `contents[${index}].parts[${at}]`);
  }
  return null;
}

function countOf(content: JsonBody | undefined, name: string): number {
  return listOf(content?.["parts"]).filter((part) => isJsonObject(part) && field(part, name) !== undefined).length;
}

/** Calls stand behind a turn of the user, and are followed by a turn with as many answers. */
function pairRefusal(contents: readonly JsonBody[]): Refusal | null {
  for (const [index, content] of contents.entries()) {
    const before = contents[index - 1];
    if (countOf(content, "functionCall") > 0 && (before === undefined || before["role"] === "model")) {
      return geminiError(
        400,
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
    const answers = countOf(content, "functionResponse");
    const calls = countOf(before, "functionCall");
    if (answers === 0 || answers === calls) continue;
    return geminiError(
      400,
      calls === 0
        ? "Please ensure that function response turn comes immediately after a function call turn."
        : "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
    );
  }
  return null;
}

function toolRefusal(body: JsonBody): Refusal | null {
  for (const [at, tool] of listOf(body["tools"]).entries()) {
    if (!isJsonObject(tool)) continue;
    for (const [index, declaration] of listOf(field(tool, "functionDeclarations")).entries()) {
      if (!isJsonObject(declaration)) continue;
      const path = `tools[${at}].function_declarations[${index}]`;
      const wrong = unknownMember(declaration, declarationMembers);
      if (wrong !== null) return unknownField(wrong, path);
      const deep = unknownSchemaMember(declaration["parameters"], `${path}.parameters`);
      if (deep !== null) return unknownField(...deep);
      if (typeof declaration["name"] !== "string" || !/^[a-zA-Z_][\w.:-]{0,63}$/.test(declaration["name"])) {
        return invalidRequest(
          `${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`,
        );
      }
    }
  }
  return null;
}

function configRefusal(body: JsonBody): Refusal | null {
  const config = messageAt(body, "generationConfig");
  const wrong = unknownMember(config, configMembers);
  if (wrong !== null) return unknownField(wrong, "generation_config");
  const deep = unknownSchemaMember(field(config, "responseSchema"), "generation_config.response_schema");
  if (deep !== null) return unknownField(...deep);
  const stops = listOf(field(config, "stopSequences"));
  if (stops.length > 5)
    return invalidRequest("generation_config.stop_sequences: number of stop sequences must be at most 5.");
  const most = field(config, "maxOutputTokens");
  if (typeof most === "number" && most < 1) {
    return geminiError(
      400,
      `Unable to submit request because it has a maxOutputTokens value of ${most} but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.`,
    );
  }
  return null;
}

/** What the API refuses of a request; null where it is content. */
export function requestRefusal(body: JsonBody): Refusal | null {
  const wrong = unknownMember(body, requestMembers);
  if (wrong !== null) return unknownField(wrong, "");
  const contents = listOf(body["contents"]);
  if (contents.length === 0) return invalidRequest("contents: contents is not specified");
  for (const [index, content] of contents.entries()) {
    const refusal = contentRefusal(content, index);
    if (refusal !== null) return refusal;
  }
  return toolRefusal(body) ?? configRefusal(body) ?? pairRefusal(contents.filter(isJsonObject));
}
