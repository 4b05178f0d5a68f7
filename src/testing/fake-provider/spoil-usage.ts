import type { BadUsage } from "./behaviour.ts";

const nonsense: Readonly<Record<BadUsage, string>> = {
  negative: "-7",
  fraction: "12.5",
  text: '"many"',
  infinite: "1e999",
  "above-2-53": "9007199254740993000",
};

/** Puts nonsense in the place of the main counts of a usage block, given and returned as JSON text. */
export function spoilUsage(json: string, kind: BadUsage): string {
  return json.replace(
    /"(prompt_tokens|completion_tokens|input_tokens|output_tokens|promptTokenCount|candidatesTokenCount)":( ?)\d+/g,
    (_, name: string, space: string) => `"${name}":${space}${nonsense[kind]}`,
  );
}
