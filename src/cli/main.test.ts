import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folderWith, makeFolder, type RunningCommand, runCommand, startCommand } from "./test-run.ts";

const started: RunningCommand[] = [];
afterEach(() => started.splice(0).forEach(({ child }) => child.kill("SIGKILL")));

function start(words: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}): RunningCommand {
  const command = startCommand(words, folder, env);
  started.push(command);
  return command;
}

const anyPorts = "listen: { traffic: 127.0.0.1:0, admin: 127.0.0.1:0 }\ndataDirectory: data\n";

describe("the process", () => {
  it("prints data on stdout and ends with 0", async () => {
    const version = await runCommand(["--version"], makeFolder());
    expect(version).toMatchObject({ code: 0, talk: "" });
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("finds ./farthing.yaml and ends with 3 where it is wrong", async () => {
    const folder = folderWith("drian: 5s\nlimits: { inFlightMax: lots }\n");
    const expected = [
      "farthing.yaml:1:1: drian: unknown key. Did you mean drain?",
      "farthing.yaml:2:24: limits.inFlightMax: is not a whole number in range (found lots). Write a whole number from 1 to 1000000.",
      "error 2 problems.",
      "",
    ].join("\n");
    expect(await runCommand(["config", "check"], folder)).toEqual({ code: 3, out: "", talk: expected });
  });

  it("survives a reader that has seen enough", async () => {
    const { child, result } = startCommand(["config", "schema"], makeFolder());
    child.stdout?.destroy();
    expect((await result).talk).toBe("");
  });
});

describe("start", () => {
  it("says where it listens, reloads, keeps the old config when the new one is wrong, drains on SIGTERM", async () => {
    const folder = folderWith(anyPorts);
    const file = join(folder, "farthing.yaml");
    const gateway = start(["start", "--json"], folder, { OPENAI_BASE_URL: "http://127.0.0.1:1/v1" });
    await gateway.until("admin token");
    await gateway.until('"ready":true');
    expect(gateway.talk()).toContain("OPENAI_BASE_URL is for clients");
    writeFileSync(file, `${anyPorts}drain: soon\n`);
    await gateway.until("The changed config is not valid; the one before stays in force.");
    await gateway.until("farthing.yaml:3:8: drain: is not a duration (found soon)");
    await gateway.until('"code":"config-rejected"');
    writeFileSync(file, `${anyPorts}drain: 1s\nledger: { retention: 9d }\n`);
    await gateway.until("Config generation 2 is in force.");
    await gateway.until("ledger.retention changed: it takes a restart.");
    gateway.child.kill("SIGHUP");
    await gateway.until("Config generation 3 is in force.");
    gateway.child.kill("SIGTERM");
    const { code, out } = await gateway.result;
    expect(code).toBe(0);
    const ready = JSON.parse(out) as { traffic: string; admin: string };
    expect(ready).toMatchObject({ schema: "farthing.start.v1", ready: true });
    expect(ready.traffic).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("is seen by doctor, report and request; a second one is told who has the ports", async () => {
    const folder = folderWith("dataDirectory: data\nproviders: { openai: { baseUrl: http://127.0.0.1:9 } }\n");
    writeFileSync(join(folder, "held.yaml"), "dataDirectory: held\nproviders: { openai: { key: sk-test } }\n");
    const gateway = start(["start", "--json", "--listen", "127.0.0.1:0", "--listen-admin", "127.0.0.1:0"], folder);
    await gateway.until('"ready":true');
    const { traffic, admin } = JSON.parse(gateway.out()) as { traffic: string; admin: string };
    const places = ["--listen", traffic.slice(7), "--listen-admin", admin.slice(7)];
    const doctor = await runCommand(["doctor", "--json", ...places], folder);
    const { findings, dataFlow } = JSON.parse(doctor.out) as {
      findings: { level: string; check: string; text: string }[];
      dataFlow: string;
    };
    const ports = findings.filter(({ check }) => check === "port");
    expect(ports.map(({ level, text }) => [level, text.includes("a gateway answers there")])).toEqual([
      ["ok", true],
      ["ok", true],
    ]);
    // Nobody listens on the provider's port, so that check fails, and with it the doctor.
    expect(findings.filter(({ level }) => level === "fail").map(({ check }) => check)).toEqual(["provider"]);
    expect(doctor.code).toBe(7);
    expect(dataFlow).toContain("Requests go to http://127.0.0.1:9, nowhere else.");
    expect(await runCommand(["report"], folder)).toMatchObject({ code: 0, out: "" });
    expect(await runCommand(["request", "fr_abc"], folder)).toMatchObject({ code: 1, out: "" });
    const second = await runCommand(["start", "--data-dir", "other", ...places], folder);
    expect(second.code).toBe(1);
    expect(second.talk).toMatch(/Port \d+ on 127\.0\.0\.1 is in use/);
    // Its first local key was made before the port turned out to be taken: it is shown all the same.
    const third = await runCommand(["start", "-c", "held.yaml", ...places], folder);
    expect(third.code).toBe(1);
    expect(third.talk).toMatch(/shown this once: fk_/);
  });
});

describe("fake-provider", () => {
  it("runs as a child and ends with its parent's signal", async () => {
    const command = start(["fake-provider", "--port", "0", "--seed", "7"], makeFolder());
    await command.until('"ready":true');
    command.child.kill("SIGTERM");
    expect((await command.result).code).toBe(0);
    expect((await runCommand(["fake-provider", "--help"], makeFolder())).out).toContain("--scenarios");
  });
});
