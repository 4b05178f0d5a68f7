import { type AddressInfo, createServer } from "node:net";

/** A port of loopback that nobody listens on at this moment, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Tries until it works, for twenty seconds (machines are busy while tests run); then fails as it failed last. */
export async function untilItWorks<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= 800) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
