// Enrols every person of a data set, searches, removes one person. Prints one JSON object for the test that started it.
// usage: node enrol-search-delete.mjs HOST:PORT DATASET_FOLDER VIDEO_FOLDER
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, face, voice } from "../../../tools/node-client/facevoice.mjs";

const [address, dataset, videos] = process.argv.slice(2);
const samples = readFileSync(join(dataset, "manifest.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const identities = [...new Set(samples.map((s) => s.identity))].sort();
const of = (identity) => samples.filter((s) => s.identity === identity);
const server = connect(address);
const report = { identities, byVideo: {}, byFace: {} };

async function nearest(request) {
  const { hits = [] } = await server.index("Search", { ...request, bestPerIdentity: true, limit: 3 });
  return hits.map(({ identity, score, modality }) => ({ identity, score, modality }));
}

for (const identity of identities) {
  const [sample] = of(identity);
  // Crops of a data set are taken as they are: a face that fills its picture is found, but its measures are not those of a photo.
  const request = {
    requestId: `walk-${identity}`, identity, faces: [face(join(dataset, sample.face))], voices: [voice(join(dataset, sample.voice))], acceptPoor: true,
  };
  const first = await server.index("Enroll", request);
  const again = await server.index("Enroll", request);
  if (JSON.stringify(first.samples.map((s) => s.sampleId)) !== JSON.stringify(again.samples.map((s) => s.sampleId))) throw new Error("the same request enrolled twice");
}
report.enrolled = await server.index("Stats", {});

for (const identity of identities) {
  // The whole video as a recording: its sound is what the clip was cut from, decoded another way.
  report.byVideo[identity] = await nearest({ voice: voice(join(videos, of(identity)[0].source)), space: "SPACE_SPEAKER" });
  report.byFace[identity] = await nearest({ face: face(join(dataset, of(identity).at(-1).face)), space: "SPACE_JOINT" });
}

const [gone] = identities;
const probe = of(gone)[0];
const match = await server.matching("Match", { faces: [face(join(dataset, probe.face))], voices: [voice(join(dataset, probe.voice))] });
report.match = { score: match.score, verdict: match.verdict, modelId: match.modelId };
report.removed = Number((await server.index("Delete", { identity: gone })).removed);
report.afterwards = await server.index("Stats", {});
report.goneStillFound = [
  ...(await nearest({ voice: voice(join(dataset, probe.voice)), space: "SPACE_SPEAKER" })),
  ...(await nearest({ face: face(join(dataset, probe.face)), space: "SPACE_JOINT" }))].some((hit) => hit.identity === gone);
server.close();
console.log(JSON.stringify(report));
