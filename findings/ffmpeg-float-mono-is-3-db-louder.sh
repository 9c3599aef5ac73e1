#!/usr/bin/env bash
# FFmpeg: the same stereo file, made mono by "-ac 1", is 3 dB louder in float samples than in 16-bit samples.
#
# Expected: the sample format of the output does not change how loud a downmix is: one tone on both channels, peak 0.088, stays 0.088.
# Happens:  16-bit output keeps 0.088, float output has 0.125: left and right are added at 0.7071 each, and the sum is not scaled back. The
#           resampler limits its matrix to a sum of 1 for integer samples only; for float there is no limit (option rematrix_maxval). A full-scale
#           stereo recording so leaves [-1, 1] in float, and a model that is fed float hears another level than one fed 16 bits.
#           "-af aresample=ocl=mono:rematrix_maxval=1" makes both alike.
# Seen:     npm @ffmpeg-installer/linux-x64 4.1.0 (FFmpeg N-47683, 2018); Debian's FFmpeg 5.1.9 does the same.
#             16 bits       0.0884
#             float         0.1250
#             float, limit  0.0884
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @ffmpeg-installer/linux-x64@4.1.0 >/dev/null
ffmpeg=node_modules/@ffmpeg-installer/linux-x64/ffmpeg
chmod +x "$ffmpeg"
"$ffmpeg" -v error -f lavfi -i sine=frequency=440:sample_rate=16000:duration=1 -ac 2 -c:a pcm_s16le stereo.wav

peak() { # FORMAT, more options: the largest sample of the mono signal
  "$ffmpeg" -v error -i stereo.wav "${@:2}" -f "$1" - | node -e '
    const b = require("fs").readFileSync(0), size = process.argv[1] === "s16le" ? 2 : 4;
    let peak = 0;
    for (let i = 0; i < b.length; i += size) peak = Math.max(peak, Math.abs(size === 2 ? b.readInt16LE(i) / 32768 : b.readFloatLE(i)));
    console.log(peak.toFixed(4));' "$1"
}

short=$(peak s16le -ac 1)
float=$(peak f32le -ac 1)
limited=$(peak f32le -af aresample=ocl=mono:rematrix_maxval=1)
printf '16 bits       %s\nfloat         %s\nfloat, limit  %s\n' "$short" "$float" "$limited"
[[ $short == 0.0884 && $float == 0.1250 && $limited == 0.0884 ]] || { echo "CHANGED: 0.0884, 0.1250 and 0.0884 were seen"; exit 1; }
