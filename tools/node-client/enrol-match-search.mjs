// The demo's conversation with a running server, over gRPC and with a client that is not ours.
// usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER MEDIA_FOLDER
// DATASET_FOLDER is what `facevoice extract` wrote, MEDIA_FOLDER what tools/demo-media/gather.mjs did: queries/NAME.wav of enrolled speakers,
// NAME-LANGUAGE.wav where one speaks another language than enrolled, photos/NAME.png, people.json with the genders of speakers and strangers.
// Exit code 1 where an answer is wrong that the model can know: what is shown is checked.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { connect, face, voice } from "./facevoice.mjs";

const [address, dataset, media] = process.argv.slice(2);
if (!media) {
  console.error("usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER MEDIA_FOLDER");
  process.exit(2);
}
const queries = join(media, "queries");
const { speakers, strangers } = JSON.parse(readFileSync(join(media, "people.json"), "utf8")); // each name -> f or m
const photo = (name) => face(join(media, "photos", `${name}.png`));

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
  const { modelId, name, capability } = await server.model("GetModel", {});
  console.log(`Model ${name}, ${modelId.slice(0, 20)}...: ${capability.statement}`);
  for (const [identity, files] of enrolled) {
    const voices = files.voice.slice(0, 32);
    const request = { requestId: `demo-${identity}`, identity, voices: voices.map(voice), acceptPoor: true }; // clips that extract has chosen
    const answer = await server.index("Enroll", request);
    const seconds = answer.samples.reduce((sum, s) => sum + (s.report?.voice?.speechSeconds ?? 0), 0);
    console.log(`  enrolled ${identity.padEnd(14)} ${String(voices.length).padStart(2)} clips, ${seconds.toFixed(1)} s of speech`);
  }
}

/** Which voices can be a photo's? One column a group, for that is all the model tells: men must go with men's voices, women with women's. */
async function match() {
  console.log(`  ${"photo".padEnd(10)}${"men's voices".padStart(14)}${"women's voices".padStart(16)}   nearest of all enrolled`);
  let meaning;
  for (const [name, gender] of Object.entries(strangers)) {
    const chances = { m: [], f: [] };
    for (const [speaker, files] of enrolled) {
      const answer = await server.matching("Match", { faces: [photo(name)], voices: files.voice.slice(0, 4).map(voice) });
      chances[speakers[speaker]].push(answer.probability);
      if (speakers[speaker] === gender) meaning ??= `${name} and ${speaker}: ${answer.meaning}`;
    }
    const { hits = [] } = await server.index("Search", { face: photo(name), space: "SPACE_JOINT", limit: 1, bestPerIdentity: true });
    // Of no voices, or without a calibration, it is not a number, and no comparison holds.
    const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
    const own = mean(chances[gender]);
    const right = own > mean(chances[gender === "f" ? "m" : "f"]) && speakers[hits[0]?.identity] === gender;
    if (!right) wrong++;
    const [men, women] = ["m", "f"].map((group) => `${Math.round(100 * mean(chances[group]))} %`);
    const nearest = speakers[hits[0]?.identity] === "f" ? "a woman's" : "a man's";
    console.log(`  ${name.padEnd(10)}${men.padStart(14)}${women.padStart(16)}   ${nearest.padEnd(12)} ${right ? "right" : "WRONG"}`);
  }
  console.log(`\n  ${meaning}`);
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

try {
  await enrol();
  console.log("\nWhich voices can be a stranger's? Probability of one person; before anything else is known it is 50 %.\n");
  await match();
  await searchByVoice();
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
