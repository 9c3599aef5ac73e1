#!/usr/bin/env bash
# FFmpeg: a RIFX file (big-endian WAV) is taken for a little-endian one, and its speech becomes noise with exit code 0.
#
# Expected: RIFX is RIFF with every number in big-endian order, samples too (Multimedia Programming Interface and Data Specifications 1.0, 1991).
#           Either the samples come out as they went in, or the file is refused.
# Happens:  the sizes and the rate in the header are read big-endian, so that the file looks right; the samples are read little-endian
#           (pcm_s16le). A quiet tone comes out at nearly full scale. Nothing is said, and the exit code is 0: a pipeline embeds noise.
# Seen:     npm @ffmpeg-installer/linux-x64 4.1.0 (FFmpeg N-47683, 2018); Debian's FFmpeg 5.1.9 does the same.
#             codec  pcm_s16le, 16000 Hz
#             exit   0
#             equal  16 of 1600 samples; peak 0.0305 in, 0.9922 out
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @ffmpeg-installer/linux-x64@4.1.0 >/dev/null
ffmpeg=node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod +x "$ffmpeg"

cat >tone.js <<'JS'
const fs = require("fs");
const tone = i => Math.round(1000 * Math.sin(2 * Math.PI * 440 * i / 16000)), count = 1600;
if (process.argv[2] === "write") {
  const file = Buffer.alloc(44 + 2 * count);
  file.write("RIFX", 0, "latin1"); file.writeUInt32BE(36 + 2 * count, 4); file.write("WAVEfmt ", 8, "latin1"); file.writeUInt32BE(16, 16);
  file.writeUInt16BE(1, 20); file.writeUInt16BE(1, 22); file.writeUInt32BE(16000, 24); file.writeUInt32BE(32000, 28);
  file.writeUInt16BE(2, 32); file.writeUInt16BE(16, 34); file.write("data", 36, "latin1"); file.writeUInt32BE(2 * count, 40);
  for (let i = 0; i < count; i++) file.writeInt16BE(tone(i), 44 + 2 * i);
  fs.writeFileSync("tone.wav", file);
} else {
  const out = fs.readFileSync("out.raw");
  let equal = 0, before = 0, after = 0;
  for (let i = 0; i < count; i++) {
    const value = out.readInt16LE(2 * i);
    equal += value === tone(i); before = Math.max(before, Math.abs(tone(i))); after = Math.max(after, Math.abs(value));
  }
  console.log(`${equal} of ${count} samples; peak ${(before / 32768).toFixed(4)} in, ${(after / 32768).toFixed(4)} out`);
}
JS
node tone.js write
codec=$("$ffmpeg" -hide_banner -i tone.wav 2>&1 | grep -o 'Audio: pcm_[a-z0-9]*' | cut -d' ' -f2 || true)
status=0
"$ffmpeg" -v error -y -i tone.wav -f s16le out.raw || status=$?
seen=$(node tone.js read)
printf 'codec  %s\nexit   %s\nequal  %s\n' "$codec" "$status" "$seen"
[[ $codec == pcm_s16le && $status == 0 ]] && (( ${seen%% *} < 100 )) || { echo "CHANGED: pcm_s16le, exit code 0 and other samples were seen"; exit 1; }
