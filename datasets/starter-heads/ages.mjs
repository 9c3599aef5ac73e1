// Moves portraits to other ages in the space of faceres' descriptors, by what faceres itself calls young and old. See README.md beside it.
// usage: node ages.mjs FEATURES FACERES.json OUT
// Samples of the age band "child" hold an adult's portrait: it is moved to an age at which faceres sees children. Every portrait of an adult
// that is trained on gets copies at drawn ages beside it. Validation and test keep what was photographed, and nothing else.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRows, readSamples, writeRows, writeSamples } from './features.mjs';

const NORM = 13; // of a descriptor before it is brought to unit length: 10.8 to 15 on nine portraits of ten
const CHILD = [3, 14];
const ADULT = [18, 70]; // as faceres sees them
const COPIES = 2;
const STEPS = 40;

const [from, network, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node ages.mjs FEATURES FACERES.json OUT');
  process.exit(2);
}

const { feats, featsBias, age, ageBias, gender } = readLayers(network);
const [inputs, hidden, years] = [feats.length / featsBias.length, featsBias.length, ageBias.length];
const samples = readSamples(from);
const faces = readRows(join(from, 'faces.npy'));
const row = i => faces.values.subarray(i * faces.width, (i + 1) * faces.width);
const variance = varianceOf(samples.filter(sample => sample.split === 'train').map(sample => row(sample.face[0])));

const rows = [];
const moved = samples.map(sample => {
  const [start, count] = sample.face;
  const own = Array.from({ length: count }, (_, i) => row(start + i));
  const at = rows.length;
  if (sample.split !== 'train') {
    rows.push(...own);
  } else if (sample.age_band === 'child') {
    rows.push(...own.map((face, i) => toAge(face, between(CHILD, `${sample.id}/${i}`))));
  } else {
    rows.push(...own, ...Array.from({ length: COPIES }, (_, i) => toAge(own[0], between(ADULT, `${sample.id}/${i}`))));
  }
  return { ...sample, face: [at, rows.length - at] };
});
mkdirSync(out, { recursive: true });
writeRows(join(out, 'faces.npy'), rows, faces.width);
writeSamples(out, moved);
for (const name of ['voices.npy', 'features.json']) copyFileSync(join(from, name), join(out, name));
console.error(`${samples.length} samples, ${faces.rows} faces before, ${rows.length} with those moved to other ages`);

/** The three layers above the descriptor, out of the TensorFlow.js files. */
function readLayers(path) {
  const model = JSON.parse(readFileSync(path, 'utf8'));
  const bytes = Buffer.concat(model.weightsManifest.flatMap(group => group.paths).map(file => readFileSync(join(dirname(path), file))));
  const layers = {};
  let at = 0;
  for (const { name, shape, quantization } of model.weightsManifest.flatMap(group => group.weights)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const halves = quantization?.dtype === 'float16';
    if (/^(feats|age_pred|gender_pred)\//.test(name)) {
      layers[name] = Float64Array.from({ length }, (_, i) => (halves ? half(bytes.readUInt16LE(at + 2 * i)) : bytes.readFloatLE(at + 4 * i)));
    }
    at += length * (halves ? 2 : 4);
  }
  return { feats: layers['feats/kernel'], featsBias: layers['feats/bias'], age: layers['age_pred/kernel'], ageBias: layers['age_pred/bias'], gender: layers['gender_pred/kernel'] };
}

function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? 2 ** -14 * (fraction / 1024) : 2 ** (exponent - 15) * (1 + fraction / 1024));
}

function varianceOf(portraits) {
  const result = new Float64Array(inputs);
  for (let i = 0; i < inputs; i++) {
    const mean = portraits.reduce((sum, face) => sum + face[i], 0) / portraits.length;
    result[i] = (portraits.reduce((sum, face) => sum + (face[i] - mean) ** 2, 0) / portraits.length) * NORM ** 2;
  }
  return result;
}

/** The expected age of a descriptor, with its gradient and that of the gender's logit. */
function look(face) {
  const h = Float64Array.from(featsBias);
  for (let i = 0; i < inputs; i++) {
    if (face[i] !== 0) for (let j = 0; j < hidden; j++) h[j] += face[i] * feats[i * hidden + j];
  }
  const scores = Float64Array.from(ageBias);
  for (let j = 0; j < hidden; j++) {
    h[j] = Math.max(0, h[j]);
    if (h[j] > 0) for (let k = 0; k < years; k++) scores[k] += h[j] * age[j * years + k];
  }
  const highest = Math.max(...scores);
  const weights = scores.map(score => Math.exp(score - highest));
  const total = weights.reduce((a, b) => a + b, 0);
  const expected = weights.reduce((sum, weight, k) => sum + k * weight, 0) / total;
  const [ofAge, ofGender] = [new Float64Array(inputs), new Float64Array(inputs)];
  for (let j = 0; j < hidden; j++) {
    if (h[j] === 0) continue;
    let slope = 0;
    for (let k = 0; k < years; k++) slope += (weights[k] / total) * (k - expected) * age[j * years + k];
    for (let i = 0; i < inputs; i++) {
      ofAge[i] += slope * feats[i * hidden + j];
      ofGender[i] += gender[j] * feats[i * hidden + j];
    }
  }
  return { expected, ofAge, ofGender };
}

/** The nearest descriptor, in deviations of portraits, that faceres gives the age, its gender kept. */
function toAge(unit, target) {
  const face = Float64Array.from(unit, value => value * NORM);
  for (let step = 0; step < STEPS; step++) {
    const { expected, ofAge, ofGender } = look(face);
    if (Math.abs(expected - target) < 0.5) break;
    const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i] * variance[i], 0);
    const shared = dot(ofAge, ofGender) / Math.max(dot(ofGender, ofGender), 1e-9);
    const along = ofAge.map((value, i) => value - shared * ofGender[i]);
    const length = Math.max(-8, Math.min(8, target - expected)) / Math.max(dot(along, ofAge), 1e-9);
    for (let i = 0; i < inputs; i++) face[i] = Math.max(0, face[i] + length * variance[i] * along[i]);
  }
  const norm = Math.hypot(...face);
  return Float32Array.from(face, value => value / norm);
}

/** An age drawn by a name: the same in every run. */
function between([low, high], name) {
  return low + (high - low) * (createHash('sha256').update('ages:' + name).digest().readUInt32BE() / 2 ** 32);
}
