/** Preloaded into a process: every way from its JavaScript to a network fails and is written down in NETWORK_RECORD. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const asking = (names: object): string[] =>
  Object.keys(names).filter((name) => /^(?:lookup|resolve|reverse)/.test(name));

const ways: readonly (readonly [where: object, names: readonly string[]])[] = [
  [net.Socket.prototype, ['connect']],
  [net.Server.prototype, ['listen']],
  [dgram.Socket.prototype, ['bind', 'connect', 'send']],
  [dns, asking(dns)],
  [dns.promises, asking(dns.promises)],
  [http, ['request', 'get']],
  [https, ['request', 'get']],
  [http2, ['connect']],
  [globalThis, ['fetch']],
];

for (const [where, names] of ways)
  for (const name of names) Object.defineProperty(where, name, { value: closed(name) });
syncBuiltinESMExports();

function closed(name: string): () => never {
  return () => {
    appendFileSync(process.env['NETWORK_RECORD'] ?? '', `${name}\n`);
    throw new Error(`There is no way out by ${name}.`);
  };
}
