import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** A server under measurement, pinned to its own core. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** Port of the admin listener, where the subject has one. */
  readonly adminPort: number | null;
  readonly adminToken: string | null;
  readonly dataDirectory: string | null;
  readonly pid: number;
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const subjectCore = "0";

/** Starts `node FILE arguments` on the subjects' core and waits for its line `{"ready":true,"port":N,...}`. */
export async function startNodeSubject(name: string, file: string, arguments_: readonly string[]): Promise<Subject> {
  const child = spawn("taskset", ["-c", subjectCore, process.execPath, join(here, file), ...arguments_], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = await firstLine(child, name);
  return {
    name,
    port: ready.port,
    adminPort: ready.adminPort ?? null,
    adminToken: ready.adminToken ?? null,
    dataDirectory: ready.dataDirectory ?? null,
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

interface ReadyLine {
  readonly port: number;
  readonly adminPort?: number;
  readonly adminToken?: string;
  readonly dataDirectory?: string;
}

function firstLine(child: ChildProcess, name: string): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${name} ended with code ${String(code)} before it was ready`)));
    if (child.stdout === null) return void reject(new Error(`${name} has no output`));
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line) as ReadyLine));
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  });
}

/** nginx's proxy_pass to the upstream, where nginx is installed; null elsewhere. */
export async function startNginx(upstreamPort: number, port: number): Promise<Subject | null> {
  const binary = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find(exists);
  if (binary === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "farthing-bench-nginx-"));
  const config = join(folder, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
     http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
       uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; client_body_buffer_size 1m; client_max_body_size 32m;
       upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
       server { listen 127.0.0.1:${port}; keepalive_requests 1000000;
         location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }`,
  );
  const child = spawn("taskset", ["-c", subjectCore, binary, "-c", config], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (child.exitCode !== null) return null;
  return {
    name: "nginx",
    port,
    adminPort: null,
    adminToken: null,
    dataDirectory: null,
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

/** Portkey's gateway, where its package is installed beside the benchmark; null elsewhere. */
export async function startPortkey(port: number): Promise<Subject | null> {
  let script: string;
  try {
    script = join(
      dirname(createRequire(import.meta.url).resolve("@portkey-ai/gateway/package.json")),
      "build",
      "start-server.js",
    );
    accessSync(script);
  } catch {
    return null;
  }
  const child = spawn("taskset", ["-c", subjectCore, process.execPath, script, `--port=${port}`, "--headless"], {
    stdio: "ignore",
  });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  if (child.exitCode !== null) return null;
  return {
    name: "portkey",
    port,
    adminPort: null,
    adminToken: null,
    dataDirectory: null,
    pid: child.pid ?? 0,
    stop: () => stopChild(child),
  };
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
