// The demo's conversation with a running server, over gRPC and with a client that is not ours.
// usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER QUERY_FOLDER [VIDEO_DATASET_FOLDER]
// The data sets are what `facevoice extract` wrote; QUERY_FOLDER holds NAME.wav of enrolled speakers, and NAME-LANGUAGE.wav where one speaks
// another language than enrolled. People of VIDEO_DATASET_FOLDER are not enrolled, only their faces and voices are matched.
// Exit code 1 where a new recording in the same language does not find its own speaker first: what is shown is checked.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { connect, face, voice } from "./facevoice.mjs";

const mostInTable = 8;
const [address, dataset, queries, videoDataset] = process.argv.slice(2);
if (!queries) {
  console.error("usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER QUERY_FOLDER [VIDEO_DATASET_FOLDER]");
  process.exit(2);
}

const server = connect(address);
const enrolled = readDataSet(dataset);
let wrong = 0;

/** The people of a data set: name -> { face: [path], voice: [path] }, in order of name. */
function readDataSet(folder) {
  const people = new Map();
  for (const line of readFileSync(join(folder, "manifest.jsonl"), "utf8").split("\n").filter(Boolean)) {
    const sample = JSON.parse(line);
    const files = people.get(sample.identity) ?? { face: new Set(), voice: new Set() };
    for (const kind of ["face", "voice"]) if (sample[kind]) files[kind].add(join(folder, sample[kind]));
    people.set(sample.identity, files);
  }
  return new Map([...people].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, files]) => [name, { face: [...files.face], voice: [...files.voice] }]));
}

async function enrol() {
  const { modelId, name } = await server.model("GetModel", {});
  console.log(`Model ${name}, ${modelId.slice(0, 20)}...`);
  for (const [identity, files] of enrolled) {
    const voices = files.voice.slice(0, 32);
    const answer = await server.index("Enroll", { requestId: `demo-${identity}`, identity, voices: voices.map(voice), attributes: {} });
    const seconds = answer.samples.reduce((sum, s) => sum + (s.report?.voice?.speechSeconds ?? 0), 0);
    console.log(`  enrolled ${identity.padEnd(14)} ${String(voices.length).padStart(2)} clips, ${seconds.toFixed(1)} s of speech`);
  }
}

/** Prints a table of all faces against all voices of the given people. */
async function match(people) {
  const faces = [...people].filter(([, files]) => files.face.length > 0).slice(0, mostInTable);
  const voices = [...people].filter(([, files]) => files.voice.length > 0).slice(0, mostInTable);
  const width = Math.max(14, ...voices.map(([name]) => name.length + 2));
  console.log("face \\ voice".padEnd(width + 2) + voices.map(([name]) => name.padStart(width)).join(""));
  for (const [name, face_] of faces) {
    const row = [];
    for (const [, voice_] of voices) {
      const answer = await server.matching("Match", { faces: face_.face.slice(0, 3).map(face), voices: voice_.voice.slice(0, 4).map(voice) });
      row.push(answer.probability ?? NaN);
    }
    const known = row.filter(Number.isFinite); // the others had not enough evidence: too little speech, a face too small
    if (known.length === 0 && people === enrolled) wrong++;
    const [best, worst] = [Math.max(...known), Math.min(...known)];
    const cell = (p) => (Number.isFinite(p) ? p.toFixed(3) + (p === best ? "*" : p === worst ? "." : " ") : "- ");
    console.log(name.padEnd(width + 2) + row.map((p) => cell(p).padStart(width)).join(""));
  }
}

async function searchByVoice() {
  console.log("\nWho speaks in a recording that was not enrolled? (speaker space; the right answer should come first)\n");
  for (const file of readdirSync(queries).filter((f) => f.endsWith(".wav")).sort()) {
    const [speaker, language] = basename(file, ".wav").split("-");
    const { hits = [] } = await server.index("Search", { voice: voice(join(queries, file)), space: "SPACE_SPEAKER", limit: 3, bestPerIdentity: true });
    const right = hits[0]?.identity === speaker;
    if (!right && !language) wrong++;
    const verdict = right ? "right" : language ? "not found" : "WRONG";
    const found = hits.map((h) => `${h.identity} ${h.score.toFixed(2)}`).join("   ");
    console.log(`  ${file.padEnd(22)} ${found.padEnd(44)} ${verdict}${language ? " (another language than enrolled: not counted)" : ""}`);
  }
}

async function searchByFace() {
  console.log("\nWhich enrolled voices lie nearest to each face? (joint space)\n");
  for (const [name, files] of enrolled) {
    const { hits = [] } = await server.index("Search", { face: face(files.face[0]), space: "SPACE_JOINT", limit: 3, bestPerIdentity: true });
    if (hits.length === 0) wrong++;
    console.log(`  face of ${name.padEnd(14)} ${hits.map((h) => `${h.identity} ${h.score.toFixed(2)}`).join("   ")}`);
  }
}

try {
  await enrol();
  console.log("\nHow well does each face go with each voice? Probability that they are of one person; * best, . worst of each row.");
  console.log("(The faces are strangers to the voices: only what faces and voices have in common, like gender, can show.)\n");
  await match(enrolled);
  if (videoDataset) {
    console.log("\nThe same for people whose face and voice come from one video (the diagonal is the right answer, which this model cannot know):\n");
    await match(readDataSet(videoDataset));
  }
  await searchByVoice();
  await searchByFace();
} catch (error) {
  console.error(`enrol-match-search: ${error.details ?? error.message}`);
  process.exitCode = 1;
} finally {
  server.close();
}
if (wrong > 0) {
  console.error(`\n${wrong} answer(s) are not what they must be.`);
  process.exitCode = 1;
}
