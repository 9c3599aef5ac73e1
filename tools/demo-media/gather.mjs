// Gathers face photos and recorded voices that packages ship, and makes short talking clips of them with ffmpeg.
// usage: node tools/demo-media/gather.mjs OUTPUT_FOLDER
// Writes OUTPUT/videos/NAME.mp4 (a photo that moves a little, with the person's recorded prompt as sound: the face and the
// voice in it are NOT the same person), OUTPUT/queries/NAME.wav (another recording of the same speaker), OUTPUT/photos/NAME.png,
// OUTPUT/people.json (who is a man and who a woman, of the speakers and of the strangers, of whom there are photos alone). The photos are those of tools/test-photos.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const sources = JSON.parse(readFileSync(join(here, "sources.json"), "utf8"));
if (process.argv.length !== 3) {
  console.error("usage: node tools/demo-media/gather.mjs OUTPUT_FOLDER");
  process.exit(2);
}
const out = resolve(process.argv[2]);
const cache = join(out, "packages");
for (const folder of ["packages", "videos", "queries", "photos"]) mkdirSync(join(out, folder), { recursive: true });

function fail(message) {
  console.error(`gather: ${message}`);
  process.exit(1);
}

function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", ...options });
  if (done.error) fail(`${program} could not be started: ${done.error.message}`);
  if (done.status !== 0) fail(`${program} ${args.slice(0, 4).join(" ")} ... failed:\n${(done.stderr || done.stdout).trim().split("\n").slice(-8).join("\n")}`);
  return done.stdout;
}

function voicePackage(name) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const partial = folder + ".partial";
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  run("apt-get", ["download", "-q", name], { cwd: partial });
  run("dpkg-deb", ["-x", join(partial, readdirSync(partial).find((f) => f.endsWith(".deb"))), partial]);
  renameSync(partial, folder);
  return folder;
}

const recording = (pkg, folder, prompt) => join(voicePackage(pkg), "usr/share/asterisk/sounds", folder, `${prompt}.g722`);

function unlessThere(path, make) {
  if (existsSync(path)) return;
  const partial = path.replace(/(\.[^.]+)$/, ".partial$1");
  make(partial);
  renameSync(partial, path);
}

const ffmpeg = (args) => run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args]);

const photos = join(here, "..", "..", "third_party", "test-photos");
run("bash", [join(here, "..", "test-photos")]);
const square = ({ crop: [x, y, side] }) => `crop=${side}:${side}:${x}:${y},`;
for (const person of [...sources.people, ...sources.strangers]) {
  const photo = join(photos, person.photo);
  if (!existsSync(photo)) fail(`${person.photo} is missing: tools/test-photos says why`);
  const cut = person.crop ? square(person) : "";
  unlessThere(join(out, "photos", `${person.name}.png`), (to) => ffmpeg(["-i", photo, "-vf", `${cut}null`, "-frames:v", "1", to]));
}
for (const person of sources.people) {
  console.error(`  ${person.name}: ${person.voice}, ${person.photo}`);
  // The picture is enlarged and wanders a little, as a head does.
  unlessThere(join(out, "videos", `${person.name}.mp4`), (to) =>
    ffmpeg([
      "-loop", "1", "-framerate", "25", "-i", join(photos, person.photo), "-i", recording(person.voice, person.folder, "demo-instruct"), "-t", "20",
      "-vf", `${square(person)}scale=400:400,crop=360:360:x='20+15*sin(t)':y='20+9*sin(1.7*t)'`,
      "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ar", "16000", "-b:a", "64k", "-shortest", to,
    ]));
  unlessThere(join(out, "queries", `${person.name}.wav`), (to) =>
    ffmpeg(["-i", recording(person.voice, person.folder, "priv-callee-options"), "-ac", "1", "-ar", "16000", "-t", "20", to]));
}
const genders = (list) => Object.fromEntries(list.map(({ name, gender }) => [name, gender]));
writeFileSync(join(out, "people.json"), JSON.stringify({ speakers: genders(sources.people), strangers: genders(sources.strangers) }) + "\n");

const second = sources.second_language;
console.error(`  ${second.name}, in another language: ${second.voice}`);
unlessThere(join(out, "queries", `${second.name}-spanish.wav`), (to) =>
  ffmpeg(["-i", recording(second.voice, second.folder, "demo-congrats"), "-ac", "1", "-ar", "16000", "-t", "20", to]));
