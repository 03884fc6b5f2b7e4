// Compiles the kernels in src/core/kernel (AssemblyScript) into NAME.wasm.ts beside them. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const options = ['--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert', '-O3', '--noExportMemory'];
/** For a memory that threads share, which WebAssembly takes for another type. */
const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
/** By source, what is compiled of it. */
const kernels = { scan: { scanKernel: [], sharedScanKernel: shared }, instant: { instantKernel: [] } };

for (const [kernel, variants] of Object.entries(kernels)) {
  const source = `src/core/kernel/${kernel}.ts`;
  const target = `src/core/kernel/${kernel}.wasm.ts`;
  const constants = [];
  for (const [name, more] of Object.entries(variants)) {
    const { error, stderr, binary } = await compile(source, more);
    if (error) {
      process.stderr.write(`${String(error)}\n${stderr}`);
      process.exit(1);
    }
    constants.push(`/** ${source}, compiled by tools/build-kernel.mjs (${binary.length} bytes of WebAssembly). */
export const ${name} =
  '${Buffer.from(binary).toString('base64')}';
`);
  }
  const text = constants.join('\n');
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${target} does not match ${source}: run "node tools/build-kernel.mjs"\n`);
    process.exit(1);
  }
}

async function compile(source, more) {
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main([source, '--outFile', 'kernel.wasm', ...options, ...more], {
    readFile: (name) => (name === source ? readFileSync(name, 'utf8') : null),
    writeFile: (_name, contents) => (binary = contents),
    listFiles: () => [],
  });
  return { error, stderr: stderr.toString(), binary };
}
