// Measures how high every adult's voice is, and lists those whose stated gender it contradicts. See README.md beside it.
// usage: node pitch.mjs SPEECH > doubtful.json       SPEECH with utterances.csv; about two minutes
// The recordings alone decide: no network of ours is asked.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const RATE = 8000;
const FRAME = 400; // 50 ms
const [HIGHEST, LOWEST] = [400, 60].map(hertz => Math.round(RATE / hertz)); // as lags
const VOICED = 0.6; // of the frame's own energy, what it has in common with itself one period on
const RECORDINGS = 2;
const YOUNGEST = 16;
const LOW_FOR_A_WOMAN = 140; // hertz, median; speaking women lie at 165 to 255, men at 85 to 155
const HIGH_FOR_A_MAN = 190;

const [speech] = process.argv.slice(2);
if (!speech) {
  console.error('usage: node pitch.mjs SPEECH > doubtful.json');
  process.exit(2);
}

const speakers = new Map();
const [header, ...lines] = readFileSync(join(speech, 'utterances.csv'), 'utf8').trim().split(/\r?\n/);
for (const line of lines) {
  const row = Object.fromEntries(line.split(',').map((value, i) => [header.split(',')[i], value]));
  if (row.age && Number(row.age) < YOUNGEST) continue;
  const speaker = speakers.get(row.speaker) ?? { name: row.speaker, gender: row.gender, files: [] };
  if (speaker.files.length < RECORDINGS) speaker.files.push(row.path);
  speakers.set(row.speaker, speaker);
}
const [waiting, measured] = [[...speakers.values()], []];
await Promise.all(Array.from({ length: 2 * availableParallelism() }, async () => {
  for (let speaker = waiting.pop(); speaker; speaker = waiting.pop()) {
    const pitches = (await Promise.all(speaker.files.map(async file => periods(await decode(join(speech, file)))))).flat().sort((a, b) => a - b);
    measured.push({ ...speaker, hertz: Math.round(pitches[pitches.length >> 1] ?? NaN) });
  }
}));
for (const gender of ['f', 'm']) {
  const all = measured.filter(speaker => speaker.gender === gender).map(speaker => speaker.hertz).sort((a, b) => a - b);
  console.error(`${gender}: ${all.length} adults, median ${all[all.length >> 1]} Hz, lowest ${all.slice(0, 8).join(' ')}, highest ${all.slice(-8).join(' ')}`);
}
const doubtful = measured.filter(({ gender, hertz }) => (gender === 'f' ? hertz < LOW_FOR_A_WOMAN : hertz > HIGH_FOR_A_MAN));
const entries = doubtful.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, gender, hertz }) => JSON.stringify({ speaker: name, stated: gender, hertz }));
console.log(`[\n  ${entries.join(',\n  ')}\n]`);

async function decode(path) {
  const args = ['-v', 'error', '-threads', '1', '-i', path, '-t', '12', '-ac', '1', '-ar', `${RATE}`, '-f', 's16le', '-'];
  const { stdout: bytes } = await promisify(execFile)('ffmpeg', args, { maxBuffer: 1 << 24, encoding: 'buffer' });
  return Float32Array.from(new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1))));
}

/** The pitch of the louder half of all frames, as far as they are voiced: the first lag that is nearly as good as the best. */
function periods(samples) {
  const starts = [];
  for (let at = 0; at + FRAME + LOWEST < samples.length; at += FRAME / 2) starts.push({ at, energy: product(samples, at, at) });
  const floor = starts.map(frame => frame.energy).sort((a, b) => a - b)[starts.length >> 1];
  return starts.filter(frame => frame.energy > floor).flatMap(({ at, energy }) => {
    const likeness = [];
    for (let lag = HIGHEST; lag <= LOWEST; lag++) likeness.push(product(samples, at, at + lag) / Math.sqrt(energy * product(samples, at + lag, at + lag)));
    const best = Math.max(...likeness);
    const i = likeness.findIndex((value, k) => value > 0.9 * best && value >= (likeness[k - 1] ?? 2) && value >= (likeness[k + 1] ?? 2));
    return best > VOICED && i >= 0 ? [RATE / (i + HIGHEST)] : [];
  });
}

function product(samples, a, b) {
  let sum = 0;
  for (let i = 0; i < FRAME; i++) sum += samples[a + i] * samples[b + i];
  return sum;
}
