import type { Waste, WasteName } from "../../../spec/waste.ts";

/** What each line counts, and what to do about it. */
export const wasteWords: Readonly<Record<WasteName, { readonly meaning: string; readonly nextStep: string }>> = {
  "time-outs": {
    meaning: "Calls that ran out of time, though the provider bills them.",
    nextStep:
      "Raise the route's timeouts, lower max_tokens, or stream: farthing report --by model shows whose p99 is long.",
  },
  "billed-failures": {
    meaning: "Requests that failed or broke off, though calls for them are billed.",
    nextStep: "farthing report --by status,provider names the failures; farthing request ID shows one.",
  },
  aborted: {
    meaning: "Requests whose caller left before the end. What it had read by then may have been of use.",
    nextStep: "abort.mode cut stops the call with the caller; look for client time-outs below the model's usual time.",
  },
  "gateway-retries": {
    meaning: "Calls before the one that answered, where the provider bills them too.",
    nextStep: "Keep retry.retryAmbiguous off, or move the route to a steadier provider.",
  },
  "client-retries": {
    meaning: "Answers whose client asked the same again by itself. Told by key, model, claims and size of the prompt.",
    nextStep: "Raise the client's own time-out, or set its retries to 0: the gateway retries what is safe.",
  },
  "length-truncations": {
    meaning: "Answers cut off at their output limit. Where a route wants short answers, that is no waste.",
    nextStep: "Raise max_tokens where answers must be whole, or ask for shorter ones.",
  },
};

/** Waste that rows cannot tell. They hold no texts and no money by token class. */
export const wasteNotKnown: Waste["notKnown"] = [
  {
    name: "cache writes never read",
    why: "A row tells neither which prefix was written nor what its tokens cost by class.",
  },
  { name: "identical prompts that missed the cache", why: "A row holds no digest of its prompt." },
  { name: "unused choices (n above 1) and context too long", why: "A row holds neither request nor answer." },
];
