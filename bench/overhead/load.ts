import { connect, type Socket } from "node:net";
import { wireRequest, type WireRequest } from "./wire.ts";

/** What one run of load brought. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly elapsedMs: number;
  /** Microseconds from the intended start to the last byte; empty in a closed loop. */
  readonly latenciesUs: readonly number[];
}

/** How to load a server. */
export interface LoadPlan {
  readonly port: number;
  readonly bodyBytes: number;
  readonly stream: boolean;
  /** The caller's key; default one of the benchmark's own. */
  readonly key?: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second from a fixed schedule; null: each connection sends again as soon as it is answered. */
  readonly ratePerSecond: number | null;
  /** Gives each request its serial; the same serial is the same request. */
  readonly nextSerial: () => number;
}

/** One keep-alive connection that sends one request at a time and finds the end of each answer. */
class LoadConnection {
  readonly socket: Socket;
  readonly request: WireRequest;
  readonly onAnswer: (ok: boolean, connection: LoadConnection) => void;
  startedUs = 0;
  busy = false;
  kept: Buffer = Buffer.alloc(0);
  bodyEnd = -1;

  constructor(plan: LoadPlan, onAnswer: (ok: boolean, connection: LoadConnection) => void) {
    this.request = wireRequest(plan.port, plan.bodyBytes, plan.stream, plan.key);
    this.onAnswer = onAnswer;
    this.socket = connect({ port: plan.port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (piece: Buffer) => this.read(piece));
    this.socket.on("error", () => this.answered(false));
    this.socket.on("close", () => this.answered(false));
  }

  send(serial: number, startedUs: number): void {
    this.startedUs = startedUs;
    this.busy = true;
    this.request.setSerial(serial);
    // A copy: the socket may still hold the last request's bytes.
    this.socket.write(Buffer.from(this.request.bytes));
  }

  read(piece: Buffer): void {
    this.kept = this.kept.length === 0 ? piece : Buffer.concat([this.kept, piece]);
    if (this.bodyEnd === -1) {
      const headEnd = this.kept.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = this.kept.toString("latin1", 0, headEnd);
      const length = /content-length: *(\d+)/i.exec(head)?.[1];
      this.bodyEnd = length === undefined ? Number.POSITIVE_INFINITY : headEnd + 4 + Number(length);
    }
    const done = this.bodyEnd === Number.POSITIVE_INFINITY ? endsChunked(this.kept) : this.kept.length >= this.bodyEnd;
    if (!done) return;
    const ok = this.kept.toString("latin1", 9, 12) === "200";
    this.kept = Buffer.alloc(0);
    this.bodyEnd = -1;
    this.answered(ok);
  }

  answered(ok: boolean): void {
    if (!this.busy) return;
    this.busy = false;
    this.onAnswer(ok, this);
  }
}

function endsChunked(bytes: Buffer): boolean {
  return bytes.length >= 5 && bytes.toString("latin1", bytes.length - 5) === "0\r\n\r\n";
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Loads a server for a while and waits until everything sent is answered. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const latenciesUs: number[] = [];
  let requests = 0;
  let failures = 0;
  const started = nowUs();
  const endUs = started + plan.durationMs * 1000;
  const idle: LoadConnection[] = [];
  const due: number[] = [];
  const sendDue = (connection: LoadConnection): void => {
    const intended = plan.ratePerSecond === null ? nowUs() : due.shift();
    if (intended === undefined || nowUs() >= endUs) idle.push(connection);
    else connection.send(plan.nextSerial(), intended);
  };
  const onAnswer = (ok: boolean, connection: LoadConnection): void => {
    requests += 1;
    if (!ok) failures += 1;
    if (plan.ratePerSecond !== null) latenciesUs.push(nowUs() - connection.startedUs);
    sendDue(connection);
  };
  const connections = Array.from({ length: plan.connections }, () => new LoadConnection(plan, onAnswer));
  await Promise.all(
    connections.map((connection) => new Promise((resolve) => connection.socket.once("connect", resolve))),
  );
  if (plan.ratePerSecond === null) for (const connection of connections) sendDue(connection);
  else {
    idle.push(...connections);
    await keepSchedule(plan.ratePerSecond, started, endUs, (intended) => {
      due.push(intended);
      const connection = idle.pop();
      if (connection !== undefined) sendDue(connection);
    });
  }
  await pollUntil(() => nowUs() >= endUs && connections.every((connection) => !connection.busy));
  const elapsedMs = (nowUs() - started) / 1000;
  for (const connection of connections) connection.socket.destroy();
  return { requests, failures, elapsedMs, latenciesUs };
}

/**
 * Waits without sleeping. A client core that falls asleep has to be woken by the subject's own write, which on a virtual
 * machine costs the subject tens of microseconds of kernel time, and the more the slower it is: that would not be its work.
 */
function pollUntil(isOver: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const poll = (): void => {
      if (isOver()) resolve();
      else setImmediate(poll);
    };
    poll();
  });
}

/** Calls `send` at even distances; a late wake-up sends everything due, each with the time it should have gone. */
function keepSchedule(rate: number, started: number, endUs: number, send: (intendedUs: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    const tick = (): void => {
      const now = nowUs();
      if (now >= endUs) return void resolve();
      for (; started + (sent * 1e6) / rate <= now; sent += 1) send(started + (sent * 1e6) / rate);
      setImmediate(tick);
    };
    tick();
  });
}
