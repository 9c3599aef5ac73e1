#!/usr/bin/env bash
# Matroska as FFmpeg writes it: the DURATION of a track is where it ends on the file's clock; in MP4 the duration of a track is how long it is.
#
# Expected: the same two seconds of audio, beginning four seconds into a video, have one duration, whatever the container.
# Happens:  the tag says 6 s in Matroska (where the track ends), as ffmpeg -i and ffprobe print it, and the audio holds 2 s. A program that compares the
#           length that is stated with the length that arrives takes each file whose audio begins late for one that was cut off. MP4 states 2 s.
# Seen:     npm @ffmpeg-installer/linux-x64 4.1.0 (FFmpeg N-47683, 2018); Debian's FFmpeg 5.1.9 does the same.
#             matroska  DURATION 6.0 s, start 3.9 s, audio 2.1 s
#             mp4       duration 2.1 s, audio 2.1 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @ffmpeg-installer/linux-x64@4.1.0 >/dev/null
ffmpeg=node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod +x "$ffmpeg"

for kind in mkv mp4; do
    "$ffmpeg" -v error -y -f lavfi -i testsrc=size=64x64:rate=10:duration=6 -itsoffset 4 -f lavfi -i sine=frequency=440:sample_rate=16000:duration=2 \
        -map 0:v -map 1:a -c:v mpeg4 -c:a aac "late.$kind"
    "$ffmpeg" -v error -y -i "late.$kind" -map 0:a -f s16le "late.$kind.raw"
done
bytes() { stat -c %s "$1"; }
seconds() { awk -v text="$1" 'BEGIN { split(text, t, ":"); printf "%.1f", t[1] * 3600 + t[2] * 60 + t[3] }'; }

# The last DURATION is the audio's, the second track.
tag=$(seconds "$("$ffmpeg" -hide_banner -i late.mkv 2>&1 | awk '/DURATION/ { last = $3 } END { print last }')")
start=$("$ffmpeg" -v debug -i late.mkv -map 0:a -c copy -f framecrc - 2>/dev/null | awk -F, '/^0,/ { printf "%.1f", $3 / 1000; exit }')
audio=$(awk -v n="$(bytes late.mkv.raw)" 'BEGIN { printf "%.1f", n / 32000 }')

# MP4: the duration of the audio's media header (mdhd), in its own time scale.
stated=$(node -e '
    const file = require("fs").readFileSync("late.mp4");
    let at = -1, last;
    while ((at = file.indexOf("mdhd", at + 1, "latin1")) >= 0) last = file.readUInt32BE(at + 20) / file.readUInt32BE(at + 16);
    console.log(last.toFixed(1));')
heard=$(awk -v n="$(bytes late.mp4.raw)" 'BEGIN { printf "%.1f", n / 32000 }')
printf 'matroska  DURATION %s s, start %s s, audio %s s\nmp4       duration %s s, audio %s s\n' "$tag" "$start" "$audio" "$stated" "$heard"
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b < 0.25 && b - a < 0.25) }'; }
near "$tag" 6 && near "$start" 4 && near "$audio" 2 && near "$stated" 2 || { echo "CHANGED: a DURATION of 6 s in Matroska and of 2 s in MP4 were seen"; exit 1; }
