/** VS Code with the fixture project open and all of it searchable. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { openEditor, type OpenEditor, type OpenOptions } from '../harness/open.ts';
import { readyItem } from '../harness/page.ts';
import { makeFolder } from '../harness/sample.ts';

const fixture = join(import.meta.dirname, '../fixture');
const indexLimitMs = 60_000;

/**
 * @param more files besides those of the fixture, or in their place
 * @param prepare does with the folder what is to be done before it is opened
 */
export async function openSlipway(
  options: OpenOptions = {},
  more: Readonly<Record<string, string>> = {},
  prepare?: (folder: string) => void,
): Promise<OpenEditor> {
  const files = readdirSync(fixture, { recursive: true, encoding: 'utf8' })
    .map((path) => join(fixture, path))
    .filter((path) => statSync(path).isFile())
    .map((path) => [relative(fixture, path).split(sep).join('/'), readFileSync(path, 'utf8')] as const);
  const folder = makeFolder({ ...Object.fromEntries(files), ...more }, 'slipway');
  prepare?.(folder);
  const editor = await openEditor({ size: { width: 1200, height: 760 }, ...options, folder });
  await readyItem(editor.page).waitFor({ timeout: indexLimitMs });
  const stop = async (): Promise<void> => {
    await editor.stop();
    rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 5 });
  };
  return { ...editor, stop };
}
