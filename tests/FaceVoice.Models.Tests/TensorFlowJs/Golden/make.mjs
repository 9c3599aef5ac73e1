// Makes the golden numbers of this folder: what TensorFlow.js itself answers for drawn and photographed faces.
// usage: npm install --prefix SCRATCH --ignore-scripts @tensorflow/tfjs@4.22.0
//        node make.mjs SCRATCH FOLDER_WITH_FACERES_JSON [FOLDER_WITH_SAMPLE_PHOTOS]
// The photos are sample1.jpg to sample6.jpg of npm @vladmandic/face-api 1.7.15; without them only the drawn faces are done anew.
// faces.npy has one row an image: every fourth value of the descriptor (256), the gender (1), the ages (100). faces.json names the rows.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [scratch, models, photos] = process.argv.slice(2);
const tf = createRequire(join(resolve(scratch), 'node_modules', 'x.js'))('@tensorflow/tfjs');
await tf.setBackend('cpu');

const SIDE = 224;
const DRAWN = 24;
const EVERY = 4;

/** A drawn face, in whole numbers only, so that every language draws the same bytes. DrawnFaces.cs draws it too. */
function draw(seed) {
  let state = (seed * 2654435761) >>> 0;
  const next = limit => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % limit; };
  const colour = (low, high) => [low + next(high - low), low + next(high - low), low + next(high - low)];
  const [back, hair, skin, lips] = [colour(0, 256), colour(0, 200), [120 + next(130), 80 + next(120), 60 + next(110)], [120 + next(120), 20 + next(90), 30 + next(90)]];
  const [cx, cy, rx, ry] = [96 + next(32), 96 + next(32), 48 + next(32), 64 + next(32)];
  const [eye, gap, mouth, fringe, noise] = [3 + next(6), 16 + next(14), 10 + next(18), next(40), 1 + next(40)];
  const inside = (x, y, ox, oy, a, b) => (x - ox) * (x - ox) * b * b + (y - oy) * (y - oy) * a * a <= a * a * b * b;
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let c = back;
      if (inside(x, y, cx, cy - 10, rx + 14, ry + 14)) c = hair;
      if (inside(x, y, cx, cy, rx, ry) && y > cy - ry + fringe) c = skin;
      if (inside(x, y, cx - gap, cy - 12, eye + 4, eye) || inside(x, y, cx + gap, cy - 12, eye + 4, eye)) c = [250, 250, 250];
      if (inside(x, y, cx - gap, cy - 12, eye - 1, eye - 1) || inside(x, y, cx + gap, cy - 12, eye - 1, eye - 1)) c = [30, 20, 10];
      if (inside(x, y, cx, cy + 12, 5, 10)) c = [skin[0] - 20, skin[1] - 20, skin[2] - 20];
      if (inside(x, y, cx, cy + 36, mouth, 6)) c = lips;
      for (let k = 0; k < 3; k++) {
        const grain = ((Math.imul(x * 73856093 ^ y * 19349663 ^ k * 83492791, 2246822519) >>> 16) % noise) - (noise >> 1);
        pixels[3 * (y * SIDE + x) + k] = Math.max(0, Math.min(255, c[k] + grain));
      }
    }
  }
  return pixels;
}

/** Faces in the photos, each by the centre of a square of 224 pixels about it. */
const FACES = {
  sample1: [[508, 490], [980, 538], [1572, 344]],
  sample2: [[430, 238], [998, 348], [1550, 314]],
  sample3: [[698, 516], [1200, 420], [1590, 500]],
  sample4: [[348, 324], [764, 222], [1092, 344], [1366, 324]],
  sample5: [[860, 208], [1176, 348], [694, 546], [1494, 528], [466, 1062]],
  sample6: [[366, 638], [790, 520], [1304, 462], [1634, 442]],
};

/** Whole numbers all the way (bitexact), so that every machine cuts out the same bytes. */
function cut(photo, [x, y]) {
  const filter = `crop=${SIDE}:${SIDE}:${Math.max(0, x - SIDE / 2)}:${Math.max(0, y - SIDE / 2)}`;
  const done = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-flags', 'bitexact', '-i', join(photos, photo + '.jpg'),
    '-sws_flags', 'bitexact+accurate_rnd+full_chroma_int', '-vf', `${filter},format=rgb24`, '-f', 'rawvideo', '-'], { maxBuffer: 1 << 24 });
  if (done.status !== 0) throw new Error(String(done.stderr));
  return new Uint8Array(done.stdout);
}

async function load() {
  const json = JSON.parse(readFileSync(join(models, 'faceres.json'), 'utf8'));
  const weights = readFileSync(join(models, 'faceres.bin'));
  return tf.loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology, format: json.format, signature: json.signature,
      weightSpecs: json.weightsManifest.flatMap(group => group.weights),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
    }),
  });
}

const model = await load();
const answer = pixels => tf.tidy(() => {
  const [gender, descriptor, age] = model.execute(
    tf.tensor(Float32Array.from(pixels), [1, SIDE, SIDE, 3]), ['gender_pred/Sigmoid:0', 'global_pooling/Mean', 'age_pred/Softmax:0']);
  return [...descriptor.dataSync().filter((_, i) => i % EVERY === 0), ...gender.dataSync(), ...age.dataSync()];
});

const images = [];
for (let i = 0; i < DRAWN; i++) images.push({ name: `drawn ${i}`, drawn: i, pixels: draw(i) });
if (photos) {
  for (const [photo, centres] of Object.entries(FACES)) {
    for (const centre of centres) images.push({ name: `${photo} ${centre}`, photo, centre, pixels: cut(photo, centre) });
  }
}

const rows = [];
const list = [];
for (const { pixels, ...row } of images) {
  const values = answer(pixels);
  const age = values.slice(-100).reduce((sum, p, i) => sum + p * i, 0);
  console.error(row.name, 'male', values[256].toFixed(3), 'age', age.toFixed(1));
  rows.push(...values);
  list.push({ ...row, sha256: createHash('sha256').update(pixels).digest('hex') });
}

const width = rows.length / list.length;
const header = Buffer.alloc(118, ' ');
header.write(`{'descr': '<f4', 'fortran_order': False, 'shape': (${list.length}, ${width}), }`);
header[117] = 10;
writeFileSync(join(here, 'faces.npy'), Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), header, Buffer.from(Float32Array.from(rows).buffer)]));
writeFileSync(join(here, 'faces.json'), JSON.stringify(list, null, 1).replace(/\n\s{2,}/g, ' ') + '\n');
