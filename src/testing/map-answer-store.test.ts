import { describe, test } from "vitest";
import { answerStoreConformance } from "./answer-store-conformance.ts";
import { MapAnswerStore } from "./map-answer-store.ts";

describe("the model of an answer store: conformance", () => {
  // It knows no bound: what it holds is what a store without one would.
  answerStoreConformance(test, () => new MapAnswerStore(), { bounded: false });
});
