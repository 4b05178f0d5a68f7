/** Tells the value of a slot by its name; throws when there is none. */
export type Facts = (slot: string) => string;

/** A template with every `{{slot}}` replaced by its fact. A slot without a fact throws: no text with a hole is ever sent. */
export function fillTemplate(template: string, facts: Facts): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_whole, slot: string) => facts(slot));
}
