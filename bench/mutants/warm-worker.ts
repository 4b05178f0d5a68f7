// The process in which the test files of one mutant run, one after the other. Modules are evaluated anew for every file.
import { configureGlobal } from "fast-check";
import { init, runBaseTests, setupEnvironment } from "vitest/worker";

type Listener = (message: unknown) => void;

const send = process.send?.bind(process);
if (send === undefined) throw new Error("this is a child process of the bench: started by open-warm-pool.ts only");
// The first listener is the worker's own; each run adds one, which ends with the run.
const listeners: Listener[] = [];

init({
  post: (response) => send(response),
  on: (listener) => {
    listeners.push(listener as Listener);
    process.on("message", listener as Listener);
  },
  off: (listener) => process.off("message", listener as Listener),
  teardown: () => {
    for (const listener of listeners.splice(1)) process.off("message", listener);
  },
  runTests: (state, traces) => {
    // A counterexample is enough, the smallest is not asked for; and the same mutant meets the same examples in every run.
    configureGlobal({ seed: 1, endOnFailure: true });
    return runBaseTests("run", state, traces);
  },
  collectTests: (state, traces) => runBaseTests("collect", state, traces),
  setup: setupEnvironment,
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
