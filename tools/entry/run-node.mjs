import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { findNode, root } from "./ensure-install.mjs";

/**
 * Runs Node 26 with these arguments in the repository's root and ends as it ends. Signals reach the child once:
 * from a terminal the whole process group gets them, otherwise they are passed on.
 */
export function runNode(arguments_) {
  return new Promise((resolve) => {
    const node = findNode();
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
    const child = spawn(node, arguments_, { cwd: root, stdio: "inherit", env });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.on(signal, () => {
        if (!process.stdin.isTTY) child.kill(signal);
      });
    }
    child.on("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 130));
  });
}
