// Judges heads on couples of people whom training never saw. See README.md beside it.
// usage: node judge.mjs trials PEOPLE.json FEATURES OUT [RECORDINGS]   features of each person, and all couples for `facevoice evaluate --trials`
//        node judge.mjs areas PEOPLE.json SCORES.csv                   areas with 95 % intervals, over faces and voices drawn anew
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRows, readSamples, writeRows, writeSamples } from './features.mjs';

const REPLICATES = 2000;
const [task, peopleFile, ...files] = process.argv.slice(2);
const people = JSON.parse(readFileSync(peopleFile ?? '/dev/stdin', 'utf8'));
const fits = (face, voice) => face.band === voice.band && (face.band === 'child' || face.gender === voice.gender);

if (task === 'trials') {
  // One image and up to so many recordings, each as it would be served: no shifted crops, no single windows.
  const [features, out, most = '4'] = files;
  const samples = new Map(readSamples(features).map(sample => [sample.id, sample]));
  mkdirSync(out, { recursive: true });
  const persons = [];
  for (const side of ['faces', 'voices']) {
    const table = readRows(join(features, `${side}.npy`));
    const rows = [];
    for (const [name, person] of Object.entries(people[side])) {
      const [key, count] = side === 'faces' ? ['face', 1] : ['voice', Number(most)];
      const usable = person.samples.filter(id => samples.has(id)).slice(0, count);
      if (usable.length === 0) continue;
      persons.push({ side, name, person, [key]: [rows.length, usable.length] });
      rows.push(...usable.map(id => samples.get(id)[key][0]).map(i => table.values.subarray(i * table.width, (i + 1) * table.width)));
    }
    writeRows(join(out, `${side}.npy`), rows, table.width);
  }
  copyFileSync(join(features, 'features.json'), join(out, 'features.json'));
  writeSamples(out, persons.map(({ name, face = [0, 1], voice = [0, 1] }) => ({ id: name, identity: name, face, voice })));
  const [faces, voices] = ['faces', 'voices'].map(side => persons.filter(entry => entry.side === side));
  const lines = faces.flatMap(face => voices.map(voice => `${fits(face.person, voice.person) ? 1 : 0} ${face.name} ${voice.name}`));
  writeFileSync(join(out, 'trials.txt'), lines.join('\n') + '\n');
} else {
  const couples = readFileSync(files[0], 'utf8').trim().split('\n').slice(1).map(line => {
    const [, face, voice, score] = line.split(',');
    return { face: { name: face, ...people.faces[face] }, voice: { name: voice, ...people.voices[voice] }, score: Number(score) };
  });
  const stated = couples.filter(({ face, voice }) => face.band === 'adult' && voice.band === 'adult');
  const adults = stated.filter(({ voice }) => !voice.doubtful);
  print('adults of one gender against two', adults, fits);
  if (adults.length < stated.length) print('  the same with voices whose pitch contradicts their label', stated, fits);
  for (const gender of ['f', 'm']) {
    print(`  ${gender === 'f' ? 'women' : 'men'}'s faces`, adults.filter(({ face }) => face.gender === gender), fits);
  }
  print("adults' faces: adults of the gender against children", couples.filter(({ face, voice }) =>
    face.band === 'adult' && !voice.doubtful && (voice.band === 'child' || voice.gender === face.gender)), fits);
  print("children's faces: children against adults", couples.filter(({ face, voice }) => face.band === 'child' && !voice.doubtful), fits);
  print('all faces: who fits in gender and age against who does not', couples.filter(({ voice }) => !voice.doubtful), fits);
}

function print(name, trials, isMatch) {
  const labelled = trials.map(({ face, voice, score }) => ({ face: face.name, voice: voice.name, score, match: isMatch(face, voice) }));
  if (!labelled.some(trial => trial.match) || labelled.every(trial => trial.match)) return;
  const [f, v] = ['face', 'voice'].map(side => [...new Set(labelled.map(trial => trial[side]))]);
  const sorted = labelled.sort((a, b) => a.score - b.score);
  const random = generator(1);
  const areas = Array.from({ length: REPLICATES }, () => {
    const [drawnFaces, drawnVoices] = [draw(f, random), draw(v, random)];
    return area(sorted, trial => (drawnFaces.get(trial.face) ?? 0) * (drawnVoices.get(trial.voice) ?? 0));
  }).filter(Number.isFinite).sort((a, b) => a - b);
  const at = share => areas[Math.min(areas.length - 1, Math.floor(share * areas.length))].toFixed(3);
  console.log(`| ${name} | ${f.length} faces × ${v.length} voices | ${area(sorted, () => 1).toFixed(3)} [${at(0.025)}, ${at(0.975)}] |`);
}

/** The area under the curve of weighted trials in order of their scores; equal scores count half. */
function area(sorted, weight) {
  let [below, wins, matches, others] = [0, 0, 0, 0];
  for (let i = 0; i < sorted.length;) {
    let [hit, miss] = [0, 0];
    for (const { score } = sorted[i]; i < sorted.length && sorted[i].score === score; i++) {
      const w = weight(sorted[i]);
      if (sorted[i].match) hit += w;
      else miss += w;
    }
    wins += hit * (below + miss / 2);
    below += miss;
    matches += hit;
    others += miss;
  }
  return wins / (matches * others);
}

/** How often each name comes up when as many are drawn as there are. */
function draw(names, random) {
  const counts = new Map();
  for (let i = 0; i < names.length; i++) {
    const name = names[Math.floor(random() * names.length)];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Mulberry32: the same numbers in every run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
