// Compiles the kernels in src/core/kernel (AssemblyScript) into NAME.wasm.ts beside them. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const kernels = ['scan', 'instant'];
const options = ['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--noExportMemory'];

for (const kernel of kernels) {
  const source = `src/core/kernel/${kernel}.ts`;
  const target = `src/core/kernel/${kernel}.wasm.ts`;
  const { error, stderr, binary } = await compile(source);
  if (error) {
    process.stderr.write(`${String(error)}\n${stderr}`);
    process.exit(1);
  }
  const text = `/** ${source}, compiled by tools/build-kernel.mjs (${binary.length} bytes of WebAssembly). */
export const ${kernel}Kernel =
  '${Buffer.from(binary).toString('base64')}';
`;
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${target} does not match ${source}: run "node tools/build-kernel.mjs"\n`);
    process.exit(1);
  }
}

async function compile(source) {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main([source, '--outFile', 'kernel.wasm', ...options], {
    readFile: (name) => (name === source ? readFileSync(name, 'utf8') : null),
    writeFile: (_name, contents) => (binary = contents),
    listFiles: () => [],
  });
  return { error, stderr: stderr.toString(), binary };
}
