// NumPy arrays of single-precision rows, and the samples of a feature folder: what ages.mjs and judge.mjs share.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function readRows(path) {
  const bytes = readFileSync(path);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const [rows, width] = header.match(/\(([^)]*)\)/)[1].split(',').map(Number);
  if (!header.includes("'<f4'") || bytes.length !== 10 + length + rows * width * 4) throw new Error(`${path}: not a table of single-precision rows`);
  return { rows, width, values: new Float32Array(bytes.buffer.slice(bytes.byteOffset + 10 + length, bytes.byteOffset + bytes.length)) };
}

export function writeRows(path, rows, width) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${width}), }`;
  const header = text.padEnd(128 - 10 - 1) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => values.set(row, i * width));
  writeFileSync(path, Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.from(values.buffer)]));
}

export const readSamples = folder => readFileSync(join(folder, 'samples.jsonl'), 'utf8').trim().split('\n').map(line => JSON.parse(line));

export function writeSamples(folder, samples) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'samples.jsonl'), samples.map(line => JSON.stringify(line)).join('\n') + '\n');
}
