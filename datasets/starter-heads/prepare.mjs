// Makes data set folders of couples out of portraits, photos and speech of different people. See README.md beside it.
// usage: node prepare.mjs FACES SPEECH PHOTOS OUT
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDINGS_A_SPEAKER = 4;
const OLDEST_CHILD = 12; // years
const YOUNGEST_ADULT = 16; // those between are left out; where no age is stated the speaker is an adult
const PORTRAITS_A_CHILD = 2;

const here = dirname(fileURLToPath(import.meta.url));
const doubtful = new Set(JSON.parse(readFileSync(join(here, 'doubtful.json'), 'utf8')).map(entry => entry.speaker)); // see pitch.mjs

const [faceFolder, speechFolder, photoFolder, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node prepare.mjs FACES SPEECH PHOTOS OUT');
  process.exit(2);
}

const table = path => {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map(line => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])));
};

// The part of a person depends on the name alone, so that it stays the same when others come or go.
const share = name => createHash('sha256').update('starter-heads:' + name).digest().readUInt32BE() / 2 ** 32;
const byShare = (a, b) => share(a.name) - share(b.name);
const part = (name, train, validation) => {
  const s = share(name);
  return s < train ? 'train' : s < train + validation ? 'validation' : 'test';
};

const portraits = table(join(faceFolder, 'faces.csv')).map(row => ({
  name: row.identity, gender: row.gender, band: 'adult', file: 'faces/' + row.path, part: part(row.identity, 0.6, 0.2),
})).sort(byShare);

const speakers = new Map();
for (const row of table(join(speechFolder, 'utterances.csv'))) {
  const speaker = speakers.get(row.speaker) ?? {
    name: row.speaker,
    gender: row.gender,
    age: row.age ? Number(row.age) : undefined,
    files: [],
    part: row.path.startsWith('test/') ? 'test' : part(row.speaker, 0.7, 0.15),
  };
  speaker.files.push('voices/' + row.path);
  speakers.set(row.speaker, speaker);
}
const voices = [...speakers.values()].map(speaker => ({
  ...speaker,
  band: speaker.age <= OLDEST_CHILD ? 'child' : speaker.age === undefined || speaker.age >= YOUNGEST_ADULT ? 'adult' : undefined,
  files: speaker.files.sort((a, b) => share(a) - share(b)).slice(0, RECORDINGS_A_SPEAKER),
  isDoubtful: doubtful.has(speaker.name),
})).filter(speaker => speaker.band).sort(byShare);

/** A folder with links to the media and a manifest. */
function write(name, lines, folders) {
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  for (const [link, target] of Object.entries(folders)) {
    if (!existsSync(join(folder, link))) symlinkSync(resolve(target), join(folder, link));
  }
  writeFileSync(join(folder, 'manifest.jsonl'), lines.map(line => JSON.stringify(line)).join('\n') + '\n');
}

// 1. To learn from: adults by gender, and children's voices, whose faces ages.mjs makes of the portraits that stand here in their place.
const couples = [];
const couple = (of, face, voice, attributes, id) => voice.files.forEach((file, n) => couples.push({
  id: `${id}_${n}`, identity: id, face: face.file, voice: file, split: of, attributes,
}));
for (const of of ['train', 'validation', 'test']) {
  for (const gender of ['f', 'm']) {
    const faces = portraits.filter(face => face.part === of && face.gender === gender);
    const adults = voices.filter(voice => voice.part === of && voice.gender === gender && voice.band === 'adult' && !voice.isDoubtful);
    // In training everybody comes up, some twice; in the other parts everybody once, so that couples are independent.
    const count = of === 'train' ? Math.max(faces.length, adults.length) : Math.min(faces.length, adults.length);
    console.error(`${of} ${gender}: ${faces.length} portraits, ${adults.length} voices, ${count} couples`);
    for (let i = 0; i < count; i++) {
      const [face, voice] = [faces[i % faces.length], adults[i % adults.length]];
      couple(of, face, voice, { gender, age_band: 'adult' }, `${face.name}+${voice.name}`);
    }
  }
}
const children = voices.filter(voice => voice.part === 'train' && voice.band === 'child');
const trained = portraits.filter(face => face.part === 'train');
children.forEach((voice, i) => {
  for (let k = 0; k < PORTRAITS_A_CHILD; k++) {
    const face = trained[(i * PORTRAITS_A_CHILD + k) % trained.length];
    couple('train', face, voice, { age_band: 'child' }, `${face.name}-made-young+${voice.name}`);
  }
});
console.error(`train children: ${children.length} voices, ${children.length * PORTRAITS_A_CHILD} couples`);
write('data', couples, { faces: faceFolder, voices: speechFolder });

// 2. To judge on, whoever is paired with whom here: judge.mjs makes all couples of a face and a voice.
const photos = JSON.parse(readFileSync(join(here, 'photos.json'), 'utf8'));
mkdirSync(join(out, 'photos-cut'), { recursive: true });
const everyday = photos.map(({ package: from, file, crop, gender, age_band: band, later: isLater = false }, i) => {
  const cut = `${from}-${i}.png`;
  if (!existsSync(join(out, 'photos-cut', cut))) {
    const filter = crop ? ['-vf', `crop=${crop[2]}:${crop[2]}:${crop[0]}:${crop[1]}`] : [];
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', join(photoFolder, from, file), ...filter, '-frames:v', '1', join(out, 'photos-cut', cut)]);
  }
  return { name: `${from}-${i}`, gender, band, file: 'faces/' + cut, isLater };
});
const unseen = voices.filter(voice => voice.part === 'test');
for (const [name, faces, folder] of [
  ['portraits', portraits.filter(face => face.part === 'test'), faceFolder],
  ['photos', everyday.filter(face => !face.isLater), join(out, 'photos-cut')],
  ['later-photos', everyday.filter(face => face.isLater), join(out, 'photos-cut')],
]) {
  const recordings = unseen.flatMap(voice => voice.files.map(file => ({ ...voice, file })));
  const people = { faces: {}, voices: {} };
  const lines = [];
  for (let i = 0; i < Math.max(faces.length, recordings.length); i++) {
    const [face, voice] = [faces[i % faces.length], recordings[i % recordings.length]];
    lines.push({ id: `${i}`, identity: `${face.name}+${voice.name}+${i}`, face: face.file, voice: voice.file });
    (people.faces[face.name] ??= { gender: face.gender, band: face.band, samples: [] }).samples.push(`${i}`);
    (people.voices[voice.name] ??= { gender: voice.gender, band: voice.band, doubtful: voice.isDoubtful, samples: [] }).samples.push(`${i}`);
  }
  write(name, lines, { faces: folder, voices: speechFolder });
  writeFileSync(join(out, name, 'people.json'), JSON.stringify(people, null, 1) + '\n');
}
