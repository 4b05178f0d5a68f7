import type { Scope } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";

/** Something that a careless key would leave out. */
export interface KeyMistake {
  readonly name: string;
  /** The request as such a key sees it: two that differ there only look alike. */
  readonly forget: (context: Context) => Context;
}

const withRest = (context: Context, rest: Readonly<JsonObject>): Context => ({
  ...context,
  request: { ...context.request, rest },
});
const withoutMembers =
  (...names: readonly string[]) =>
  (context: Context): Context =>
    withRest(
      context,
      Object.fromEntries(Object.entries(context.request.rest).filter(([name]) => !names.includes(name))),
    );

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function withTurns(context: Context, keep: (turns: readonly JsonValue[]) => readonly JsonValue[]): Context {
  const { messages, contents, input } = context.request.rest;
  const turns = messages ?? contents ?? input;
  if (!Array.isArray(turns)) return context;
  const name = messages === undefined ? (contents === undefined ? "input" : "contents") : "messages";
  return withRest(context, { ...context.request.rest, [name]: [...keep(turns)] });
}

const isInstruction = (turn: JsonValue): boolean =>
  isObject(turn) && (turn["role"] === "system" || turn["role"] === "developer");

/** Mistakes that a test of keys and scopes has to catch, one by one. */
export const keyMistakes: readonly KeyMistake[] = [
  { name: "tenant", forget: (context) => ({ ...context, caller: { ...context.caller, scope: "anybody" as Scope } }) },
  {
    name: "isolation",
    forget: ({ route, ...context }) => ({
      ...context,
      route: { ...route, exactCache: { ...route.exactCache, isolation: "tenant" } },
    }),
  },
  {
    name: "model",
    forget: (context) => {
      const plain = withoutMembers("model")(context);
      const [target, ...others] = plain.targets;
      const targets = [{ ...target, model: "any" }, ...others] as const;
      return { ...plain, targets, request: { ...plain.request, model: "any" } };
    },
  },
  { name: "tools", forget: withoutMembers("tools", "tool_choice", "functions", "toolConfig") },
  {
    name: "system text",
    forget: (context) =>
      withTurns(withoutMembers("system", "instructions", "systemInstruction", "system_instruction")(context), (turns) =>
        turns.filter((turn) => !isInstruction(turn)),
      ),
  },
  {
    name: "response format",
    forget: withoutMembers("response_format", "output_format", "output_config", "text", "generationConfig"),
  },
  { name: "temperature", forget: withoutMembers("temperature") },
  {
    name: "prompt version",
    forget: (context) => {
      const { prompt, ...claims } = context.caller.claims;
      void prompt;
      return { ...context, caller: { ...context.caller, claims } };
    },
  },
  { name: "earlier turns", forget: (context) => withTurns(context, (turns) => turns.slice(-1)) },
  { name: "length of the answer", forget: withoutMembers("max_tokens", "max_completion_tokens", "max_output_tokens") },
  { name: "headers", forget: (context) => ({ ...context, headers: [] }) },
  { name: "query", forget: (context) => ({ ...context, query: "" }) },
  {
    name: "namespace",
    forget: (context) => ({ ...context, cacheControl: { ...context.cacheControl, namespace: null } }),
  },
  { name: "route", forget: (context) => ({ ...context, route: { ...context.route, name: "any", rules: [] } }) },
];
