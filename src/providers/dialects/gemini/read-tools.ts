import type { Settings, ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { jsonSchemaOf } from "./google-schema.ts";
import { listAt, malformed, objectAt, type Reading, textAt } from "./reading.ts";

const toolPath = "tools[].functionDeclarations[]";
const choicePath = "toolConfig.functionCallingConfig";

/** The tools, and whether one has to be called. */
export interface ToolsReading {
  readonly tools: readonly ToolSpec[];
  readonly choice: Pick<Settings, "toolChoice">;
}

/** @throws FarthingError `untranslatable` or `invalid_request` naming the field */
export function readTools(body: Readonly<JsonObject>, reading: Reading): ToolsReading {
  const tools = listAt(body["tools"], "tools").flatMap((value) => {
    const tool = reading.members(value, "tools[]");
    return listAt(tool["functionDeclarations"], "tools[].functionDeclarations").map((declaration) =>
      readTool(declaration, reading),
    );
  });
  const config = objectAt(body["toolConfig"], "toolConfig");
  const calling = config === null ? undefined : reading.members(config, "toolConfig")["functionCallingConfig"];
  const members = objectAt(calling, choicePath);
  if (members === null) return { tools, choice: {} };
  return readChoice(reading.members(members, choicePath), tools);
}

function readTool(value: Readonly<JsonObject>, reading: Reading): ToolSpec {
  const tool = reading.members(value, toolPath);
  const name = textAt(tool["name"], `${toolPath}.name`);
  if (name === null || name === "") throw malformed(`${toolPath}.name`, "a name");
  const plain = objectAt(tool["parametersJsonSchema"], `${toolPath}.parametersJsonSchema`);
  const own = objectAt(tool["parameters"], `${toolPath}.parameters`);
  if (plain !== null && own !== null) {
    throw malformed(`${toolPath}.parameters`, "left out where parametersJsonSchema is given");
  }
  const description = textAt(tool["description"], `${toolPath}.description`);
  return { name, description, parameters: plain ?? (own === null ? null : jsonSchemaOf(own)), strict: null };
}

function readChoice(config: Readonly<JsonObject>, tools: readonly ToolSpec[]): ToolsReading {
  const mode = textAt(config["mode"], `${choicePath}.mode`);
  const allowed = namesOf(config);
  switch (mode) {
    case null:
    case "MODE_UNSPECIFIED":
      return { tools, choice: {} };
    case "AUTO":
      requireAll(allowed, tools);
      return { tools, choice: { toolChoice: { kind: "auto" } } };
    case "NONE":
      return { tools, choice: { toolChoice: { kind: "none" } } };
    case "VALIDATED":
      requireAll(allowed, tools);
      return { tools: tools.map((tool) => ({ ...tool, strict: true })), choice: { toolChoice: { kind: "auto" } } };
    case "ANY":
      return { tools, choice: { toolChoice: forced(allowed, tools) } };
    default:
      throw untranslatable(`${choicePath}.mode`, "the mode is not known here");
  }
}

function namesOf(config: Readonly<JsonObject>): readonly string[] {
  const path = `${choicePath}.allowedFunctionNames`;
  const names = config["allowedFunctionNames"];
  if (!isGiven(names)) return [];
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) throw malformed(path, "a list of names");
  return names.filter((name) => typeof name === "string");
}

function forced(allowed: readonly string[], tools: readonly ToolSpec[]): ToolChoice {
  const [name] = allowed;
  if (allowed.length === 1 && name !== undefined) return { kind: "tool", name };
  requireAll(allowed, tools);
  return { kind: "any" };
}

/** Names that leave some tools out have no like in other dialects. */
function requireAll(allowed: readonly string[], tools: readonly ToolSpec[]): void {
  if (allowed.length === 0 || tools.every(({ name }) => allowed.includes(name))) return;
  throw untranslatable(`${choicePath}.allowedFunctionNames`, "some of the tools, but not all and not one");
}
