/** A small project to search in: its files by path, and how to write them where a test can spoil them. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const sample: Readonly<Record<string, string>> = {
  'README.md': `# Courier

Sends parcels of data to other services and keeps trying until they arrive.

## Installing

Run \`npm install courier\`, then copy \`courier.example.json\` to \`courier.json\`.
`,
  'docs/limits.md': `# Limits

## How fast may I send?

At most ten parcels a second; beyond that the server answers 429 and the client waits.
`,
  'src/retry.ts': `/** Tries again after a failure, each time waiting twice as long. */
export async function retryWithBackoff<T>(attempt: () => Promise<T>, limit: number): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= limit) throw error;
      await new Promise((done) => setTimeout(done, 100 * 2 ** tries));
    }
  }
}
`,
  'src/login.py': `def verify_password(user, password):
    """Whether the password is the one that the user chose."""
    return hash_of(password, user.salt) == user.password_hash
`,
  'src/cache.go': `package cache

// Evict drops the entries that were not used for the longest time.
func (c *Cache) Evict(count int) {
	for ; count > 0; count-- {
		c.remove(c.oldest())
	}
}
`,
};

/** Writes the files into a fresh folder under the system's temporary one and returns its path, symbolic links resolved. */
export function makeFolder(files: Readonly<Record<string, string>> = sample, name = 'courier'): string {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'nearby-test-'))), name);
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}
