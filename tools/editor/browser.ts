/** Chromium, driven by playwright-core. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { cached, cacheFolder, root } from './cache.ts';

/** Starts a browser: the packaged Chromium on Linux x64, the installed Chrome elsewhere. */
export async function launchBrowser(): Promise<Browser> {
  const packaged = process.platform === 'linux' && process.arch === 'x64';
  const signals = { handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false };
  if (!packaged) return chromium.launch({ channel: 'chrome', ...signals });
  const folder = await unpacked();
  const env = { ...process.env, FONTCONFIG_FILE: join(folder, 'fonts.conf') } as Record<string, string>;
  env['LD_LIBRARY_PATH'] = [join(folder, 'al2023/lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'];
  return chromium.launch({ executablePath: join(folder, 'chromium'), args, env, ...signals });
}

/** @sparticuz/chromium with its shared libraries and fonts. It unpacks into the system's temporary folder: given here. */
async function unpacked(): Promise<string> {
  const name = `chromium-${packageVersion('@sparticuz/chromium')}`;
  return cached(name, async (folder) => {
    const script = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
    // Only for this runtime does the package unpack the libraries that a bare machine lacks.
    const env = { ...process.env, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' };
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { cwd: root, env });
    const own = `<dir>${join(cacheFolder, name, 'fonts')}</dir><cachedir prefix="xdg">fontconfig</cachedir>`;
    const system = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>';
    // The system's fonts too: the package has no fixed-width one.
    await writeFile(join(folder, 'fonts.conf'), `<?xml version="1.0"?><fontconfig>${own}${system}</fontconfig>\n`);
  });
}

function packageVersion(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  const folder = entry.slice(0, entry.indexOf(join('node_modules', name)));
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
