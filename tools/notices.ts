/** npm run notices: writes THIRD_PARTY_NOTICES.txt, the licences of all that ships with Nearby and was written by others. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shippedComponents, type Component } from './shipped.ts';

export const noticesFile = join(resolve(import.meta.dirname, '..'), 'THIRD_PARTY_NOTICES.txt');

const line = '='.repeat(80);

export function noticesOf(components: readonly Component[]): string {
  const head = [
    'Nearby ships with the software below, each under its own licence. Made by `npm run notices`.',
    ...components.map(({ name, version, licence }) => `  ${name} ${version} (${licence})`),
  ];
  const parts = components.map(({ name, version, licence, source, text, within }) =>
    [line, `${name} ${version}`, `Licence: ${licence}`, source, `In ${within.join(', ')}`, line, '', text.trim()].join(
      '\n',
    ),
  );
  return `${[head.join('\n'), ...parts].join('\n\n')}\n`;
}

if (import.meta.main) writeFileSync(noticesFile, noticesOf(await shippedComponents()));
