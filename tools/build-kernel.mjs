// Compiles src/core/kernel/scan.ts (AssemblyScript) into src/core/kernel/scan.wasm.ts. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const source = 'src/core/kernel/scan.ts';
const target = 'src/core/kernel/scan.wasm.ts';
const options = ['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--noExportMemory'];
const { error, stderr, binary } = await compile();
if (error) {
  process.stderr.write(`${String(error)}\n${stderr}`);
  process.exit(1);
}
const text = `/** ${source}, compiled by tools/build-kernel.mjs (${binary.length} bytes of WebAssembly). */
export const scanKernel =
  '${Buffer.from(binary).toString('base64')}';
`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(`${target} does not match ${source}: run "node tools/build-kernel.mjs"\n`);
  process.exit(1);
}

async function compile() {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main([source, '--outFile', 'scan.wasm', ...options], {
    readFile: (name) => (name === source ? readFileSync(name, 'utf8') : null),
    writeFile: (_name, contents) => (binary = contents),
    listFiles: () => [],
  });
  return { error, stderr: stderr.toString(), binary };
}
