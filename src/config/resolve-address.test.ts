import { describe, expect, it } from "vitest";
import { formatAddress, isLoopback, parseAddress } from "./resolve-address.ts";

describe("parseAddress", () => {
  it.each([
    ["127.0.0.1:8787", "127.0.0.1", 8787],
    ["8787", "127.0.0.1", 8787],
    [":8787", "127.0.0.1", 8787],
    ["0.0.0.0:0", "0.0.0.0", 0],
    ["[::1]:8787", "::1", 8787],
    ["[::]:8787", "::", 8787],
    ["gateway.internal:80", "gateway.internal", 80],
  ])("%s", (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
    expect(parseAddress(formatAddress({ host, port }))).toEqual({ host, port });
  });

  it.each(["", "host", "host:", "::1:8787", "1.2.3.4:65536", "http://x:1", "a b:1", "-1"])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1", "[::1]", "app.localhost"])("%s is", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["0.0.0.0", "::", "10.0.0.1", "localhost.example", "127.0.0.1.example", ""])("%s is not", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
