import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./test-gateway.ts";

/** Gateways that a test starts and leaves running. */
export interface TestGateways {
  start(options?: TestGatewayOptions): Promise<TestGateway>;
  /** Stops those that were started since the last time; for `afterEach`. */
  stop(): Promise<void>;
}

/** None so far. */
export function createTestGateways(): TestGateways {
  const running: TestGateway[] = [];
  return {
    start: async (options) => {
      const gateway = await startTestGateway(options);
      running.push(gateway);
      return gateway;
    },
    stop: async () => {
      await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
    },
  };
}
