// Enrols a voice, matches a face with it and searches for it.
// usage: node example.mjs HOST:PORT FACE VOICE [API_KEY_FILE]
import { connect, face, voice } from "./facevoice.mjs";

const [address, facePath, voicePath, apiKeyFile] = process.argv.slice(2);
if (!voicePath) {
  console.error("usage: node example.mjs HOST:PORT FACE VOICE [API_KEY_FILE]");
  process.exit(2);
}

const server = connect(address, apiKeyFile);
try {
  await server.index("Enroll", { requestId: "example-anna-1", identity: "anna", voices: [voice(voicePath)] });
  const match = await server.matching("Match", { faces: [face(facePath)], voices: [voice(voicePath)] });
  console.log(JSON.stringify(match));
  const { hits } = await server.index("Search", { voice: voice(voicePath), space: "SPACE_SPEAKER", limit: 3 });
  for (const hit of hits) console.log(`${hit.score.toFixed(3)} ${hit.identity}`);
} catch (error) {
  console.error(`${error.code}: ${error.details ?? error.message}`);
  process.exitCode = 1;
} finally {
  server.close();
}
