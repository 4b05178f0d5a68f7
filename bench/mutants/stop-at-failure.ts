import { TestRunner } from "vitest";

/**
 * Runs no further test of a file once one has failed. Vitest's own `bail` cancels the run from outside, and may hit the next.
 * A default export because vitest asks for one.
 */
export default class StopAtFailure extends TestRunner {
  override onAfterRunTask(test: Parameters<TestRunner["onAfterRunTask"]>[0]): void {
    super.onAfterRunTask(test);
    if (test.result?.state === "fail") this.cancel("test-failure");
  }
}
