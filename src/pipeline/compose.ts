import { FarthingError } from "../kit/farthing-error.ts";
import type { Handler, Stage } from "../spec/stage.ts";

/** Nests stages, the first outermost, into the handler of a route. The last must answer without calling `next`. */
export function compose(stages: readonly Stage[]): Handler {
  return stages.reduceRight<Handler>((next, stage) => stage.wrap(next), outOfStages);
}

function outOfStages(): Promise<never> {
  return Promise.reject(new FarthingError("internal_error", "No stage answered the request. Please report this."));
}
