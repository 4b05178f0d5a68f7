import { readSettings, usageText } from "./settings.ts";
import { startServer, type RunningServer } from "./server.ts";

/** The fake provider as a process of its own: one JSON line on stdout when it listens, ends on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  let server: RunningServer;
  try {
    const settings = readSettings(process.argv.slice(2));
    if (settings === null) {
      process.stdout.write(usageText);
      return;
    }
    server = await startServer(settings);
  } catch (error) {
    process.stderr.write(`fake-provider: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return;
  }
  const stop = (): void => {
    void server.stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  // A parent that dies without a word takes this process with it: the pipe of stdin ends.
  if (process.env["FARTHING_FAKE_PROVIDER_CHILD"] === "1") process.stdin.on("end", stop).on("error", stop).resume();
  process.stdout.write(`${JSON.stringify({ ready: true, port: server.port })}\n`);
}

await main();
