// The baseline of a cached hit: a server that reads the body and answers with the same bytes.
import { createServer } from "node:http";
import { wholeBody } from "./wire.ts";

const headers = { "content-type": "application/json", "content-length": String(wholeBody.length) };
const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    if (pieces.length === 0) response.statusCode = 400;
    response.writeHead(200, headers);
    response.end(wholeBody);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ ready: true, port: typeof address === "object" ? address?.port : 0 })}\n`);
});
