import { complianceRules } from "./data/contracts.ts";
import {
  codeInstructions,
  codeWishes,
  complianceInstructions,
  complianceWishes,
  summaryInstructions,
  summaryWishes,
} from "./data/instructions.ts";
import { drawFacts } from "./draw-facts.ts";
import { fillTemplate } from "./fill-template.ts";
import { shortShare, targetLetters } from "./prompt-sizes.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { ClusterDraft, Prompt } from "./workload-row.ts";
import { writeCodeFile, type CodeLanguage } from "./write-code-file.ts";
import { writeContract, writeCustomerFile, writeIncident, writeMinutes } from "./write-documents.ts";

/** A document and then what is wanted of it, as two parts of one message. */
function askAbout(system: string, document: string, wish: string): Prompt {
  return {
    system,
    user: [
      { type: "text", text: document },
      { type: "text", text: wish },
    ],
  };
}

const writerOf: Readonly<Record<string, (random: SeededRandom, letters: number) => string>> = {
  "meeting-minutes": writeMinutes,
  "incident-digest": writeIncident,
  "contract-brief": writeContract,
};

/** A document to be summarised, and `wordings - 1` other ways of asking for that very summary. */
export function draftSummary(feature: string, random: SeededRandom, wordings: number): ClusterDraft {
  const isShort = random.unit() < shortShare.summary;
  const write = writerOf[feature] ?? writeMinutes;
  const document = write(random, targetLetters.summary[isShort ? "short" : "long"]);
  const wishes = random.shuffle(random.pick(summaryWishes)).slice(0, wordings);
  const prompts = wishes.map((wish) => askAbout(summaryInstructions, document, wish));
  return { feature, expectedRoute: isShort ? "cheap" : "as-asked", prompts: prompts as [Prompt, ...Prompt[]] };
}

/** A file of code with a wish about one function of it, and `wordings - 1` other ways of saying the wish. */
export function draftCode(feature: string, random: SeededRandom, wordings: number): ClusterDraft {
  const language: CodeLanguage = feature === "query-doctor" ? "sql" : random.pick(["typescript", "python"]);
  const file = writeCodeFile(language, random, targetLetters.code);
  const target = random.pick(file.functions);
  const wishes = random.shuffle(random.pick(codeWishes)).slice(0, wordings);
  const document = `${file.path}\n\`\`\`${language}\n${file.text}\n\`\`\``;
  const prompts = wishes.map((wish) =>
    askAbout(
      codeInstructions,
      document,
      fillTemplate(wish, () => target),
    ),
  );
  return { feature, expectedRoute: "as-asked", prompts: prompts as [Prompt, ...Prompt[]] };
}

/** A contract or customer file with the rules that it is held against. Never reworded. */
export function draftCompliance(feature: string, random: SeededRandom): ClusterDraft {
  const rules = complianceRules.map((rule) => fillTemplate(rule, drawFacts(random))).join("\n");
  const system = `${complianceInstructions}\n${rules}`;
  const letters = targetLetters.compliance - system.length;
  const document = feature === "contract-check" ? writeContract(random, letters) : writeCustomerFile(random, letters);
  const prompt = askAbout(system, document, random.pick(complianceWishes));
  return { feature, expectedRoute: "pinned", prompts: [prompt] };
}
