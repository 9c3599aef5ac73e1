// Makes a data set folder of couples of one gender out of portraits and speech of different people. See README.md beside it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const RECORDINGS_A_SPEAKER = 4;
const YOUNGEST = 16; // years; where no age is stated the speaker is an adult

const [faceFolder, speechFolder, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node prepare.mjs FACES SPEECH OUT');
  process.exit(2);
}

const table = path => {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map(line => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])));
};

// The part of a person depends on the name alone, so that it stays the same when others come or go.
const share = name => createHash('sha256').update('starter-heads:' + name).digest().readUInt32BE() / 2 ** 32;
const part = (name, train, validation) => {
  const s = share(name);
  return s < train ? 'train' : s < train + validation ? 'validation' : 'test';
};

const people = new Map(); // side/part/gender -> people
const add = (side, of, gender, person) => {
  const key = `${side}/${of}/${gender}`;
  people.set(key, [...(people.get(key) ?? []), person]);
};

for (const row of table(join(faceFolder, 'faces.csv'))) {
  add('face', part(row.identity, 0.6, 0.2), row.gender, { name: row.identity, files: ['faces/' + row.path] });
}

const speakers = new Map();
for (const row of table(join(speechFolder, 'utterances.csv'))) {
  const speaker = speakers.get(row.speaker) ?? { ...row, files: [] };
  speaker.files.push('voices/' + row.path);
  speakers.set(row.speaker, speaker);
}
for (const { speaker, gender, age, path, files } of speakers.values()) {
  if (!age || Number(age) >= YOUNGEST) {
    const chosen = files.sort((a, b) => share(a) - share(b)).slice(0, RECORDINGS_A_SPEAKER);
    add('voice', path.startsWith('test/') ? 'test' : part(speaker, 0.7, 0.15), gender, { name: speaker, files: chosen });
  }
}

const lines = [];
for (const of of ['train', 'validation', 'test']) {
  for (const gender of ['f', 'm']) {
    const byShare = (a, b) => share(a.name) - share(b.name);
    const faces = (people.get(`face/${of}/${gender}`) ?? []).sort(byShare);
    const voices = (people.get(`voice/${of}/${gender}`) ?? []).sort(byShare);
    // In training everybody comes up, some twice; in the other parts everybody once, so that couples are independent.
    const couples = of === 'train' ? Math.max(faces.length, voices.length) : Math.min(faces.length, voices.length);
    console.error(`${of} ${gender}: ${faces.length} faces, ${voices.length} voices, ${couples} couples`);
    for (let i = 0; i < couples; i++) {
      const [face, voice] = [faces[i % faces.length], voices[i % voices.length]];
      voice.files.forEach((file, n) => lines.push(JSON.stringify({
        id: `${face.name}+${voice.name}_${n}`, identity: `${face.name}+${voice.name}`, face: face.files[0], voice: file, split: of, attributes: { gender },
      })));
    }
  }
}

mkdirSync(out, { recursive: true });
for (const [name, target] of [['faces', faceFolder], ['voices', speechFolder]]) {
  if (!existsSync(join(out, name))) {
    symlinkSync(resolve(target), join(out, name));
  }
}
writeFileSync(join(out, 'manifest.jsonl'), lines.join('\n') + '\n');
