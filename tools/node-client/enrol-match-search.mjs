// The demo's conversation with a running server, over gRPC and with a client that is not ours.
// usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER QUERY_FOLDER
// DATASET_FOLDER is what `facevoice extract` wrote; QUERY_FOLDER holds NAME.wav and NAME-anything.wav of enrolled speakers.
// Exit code 1 where a new recording does not find its own speaker first: what is shown is checked.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { connect, face, voice } from "./facevoice.mjs";

const [address, dataset, queries] = process.argv.slice(2);
if (!queries) {
  console.error("usage: node enrol-match-search.mjs HOST:PORT DATASET_FOLDER QUERY_FOLDER");
  process.exit(2);
}

const samples = readFileSync(join(dataset, "manifest.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const people = Map.groupBy ? Map.groupBy(samples, (s) => s.identity) : groupBy(samples, (s) => s.identity);
const filesOf = (identity, kind) => [...new Set(people.get(identity).map((s) => s[kind]).filter(Boolean))].map((path) => join(dataset, path));
const identities = [...people.keys()].sort();
const server = connect(address);
let wrong = 0;

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

async function enrol() {
  const { modelId, name } = await server.model("GetModel", {});
  console.log(`Model ${name}, ${modelId.slice(0, 20)}...`);
  for (const identity of identities) {
    const voices = filesOf(identity, "voice").slice(0, 32);
    const answer = await server.index("Enroll", { requestId: `demo-${identity}`, identity, voices: voices.map(voice), attributes: {} });
    const seconds = answer.samples.reduce((sum, s) => sum + (s.report?.voice?.speechSeconds ?? 0), 0);
    console.log(`  enrolled ${identity.padEnd(14)} ${String(voices.length).padStart(2)} clips, ${seconds.toFixed(1)} s of speech`);
  }
}

async function match() {
  console.log("\nHow well does each face go with each voice? Probability that they are of one person; * best, . worst of each row.");
  console.log("(The faces are strangers to the voices: only what faces and voices have in common, like gender, can show.)\n");
  console.log("face \\ voice".padEnd(16) + identities.map((v) => v.padStart(14)).join(""));
  for (const f of identities) {
    const row = [];
    for (const v of identities) {
      const answer = await server.matching("Match", { faces: filesOf(f, "face").slice(0, 3).map(face), voices: filesOf(v, "voice").slice(0, 4).map(voice) });
      row.push(answer.probability ?? answer.score);
    }
    const [best, worst] = [Math.max(...row), Math.min(...row)];
    if (row.some((p) => !Number.isFinite(p))) wrong++;
    console.log(f.padEnd(16) + row.map((p) => `${p.toFixed(3)}${p === best ? "*" : p === worst ? "." : " "}`.padStart(14)).join(""));
  }
}

async function searchByVoice() {
  console.log("\nWho speaks in a recording that was not enrolled? (speaker space; the right answer should come first)\n");
  for (const file of readdirSync(queries).filter((f) => f.endsWith(".wav")).sort()) {
    const speaker = basename(file, ".wav").split("-")[0];
    const { hits = [] } = await server.index("Search", { voice: voice(join(queries, file)), space: "SPACE_SPEAKER", limit: 3, bestPerIdentity: true });
    const right = hits[0]?.identity === speaker;
    if (!right) wrong++;
    console.log(`  ${file.padEnd(24)} ${hits.map((h) => `${h.identity} ${h.score.toFixed(2)}`).join("   ").padEnd(52)} ${right ? "right" : "WRONG"}`);
  }
}

async function searchByFace() {
  console.log("\nWhich enrolled voices lie nearest to each face? (joint space)\n");
  for (const f of identities) {
    const { hits = [] } = await server.index("Search", { face: face(filesOf(f, "face")[0]), space: "SPACE_JOINT", limit: 3, bestPerIdentity: true });
    if (hits.length === 0) wrong++;
    console.log(`  face of ${f.padEnd(14)} ${hits.map((h) => `${h.identity} ${h.score.toFixed(2)}`).join("   ")}`);
  }
}

try {
  await enrol();
  await match();
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
