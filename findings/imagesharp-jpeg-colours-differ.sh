#!/usr/bin/env bash
# ImageSharp and libjpeg-turbo show different colours at every coloured edge of an ordinary 4:2:0 JPEG.
#
# Expected: two decoders of one baseline JPEG differ by a step or two of 255, as the standard's inverse transform allows.
# Happens:  chroma is stored at half the size. libjpeg-turbo interpolates it ("fancy upsampling"), ImageSharp 2.1.13 repeats each value
#           twice. Without subsampling, and in grey, the two agree to the bit; at coloured edges single values are tens of steps apart, so that
#           a network that learnt on images of one decoder sees others behind the other.
# Seen:     NuGet SixLabors.ImageSharp 2.1.13 against npm sharp 0.35.5 (libvips 8.18.7), red and blue stripes of 7 pixels, quality 95:
#             4:2:0 colour  mean 6.99, largest 43
#             4:4:4 colour  mean 0.00, largest 0
#             4:2:0 grey    mean 0.00, largest 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . sharp@0.35.5 >/dev/null
cat >make.mjs <<'END'
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';

const side = 64;
for (const [name, one, other, chromaSubsampling] of [
  ['420', [200, 60, 60], [60, 60, 200], '4:2:0'], ['444', [200, 60, 60], [60, 60, 200], '4:4:4'], ['grey', [200, 200, 200], [60, 60, 60], '4:2:0']]) {
  const pixels = Buffer.alloc(side * side * 3);
  for (let i = 0; i < side * side; i++) pixels.set(Math.floor((i % side) / 7) % 2 ? one : other, i * 3);
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).jpeg({ quality: 95, chromaSubsampling }).toFile(`${name}.jpg`);
  writeFileSync(`${name}.rgb`, await sharp(`${name}.jpg`).raw().toBuffer());
}
END
node make.mjs
cat >try.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="SixLabors.ImageSharp" Version="2.1.13" /></ItemGroup>
</Project>
END
cat >Program.cs <<'END'
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

foreach (var (name, title) in new[] { ("420", "4:2:0 colour"), ("444", "4:4:4 colour"), ("grey", "4:2:0 grey  ") })
{
    using var image = Image.Load<Rgb24>($"{name}.jpg");
    var ours = new byte[image.Width * image.Height * 3];
    image.CopyPixelDataTo(ours);
    var differences = ours.Zip(File.ReadAllBytes($"{name}.rgb"), (a, b) => Math.Abs(a - b)).ToList();
    Console.WriteLine($"{title}  mean {differences.Average():F2}, largest {differences.Max()}");
}
END
dotnet build -c Release -v q -clp:NoSummary -nodeReuse:false -p:NuGetAudit=false -o built >build.log || { cat build.log; exit 1; }
seen=$(dotnet built/try.dll)
echo "$seen"
[[ $seen =~ "4:2:0 colour  mean "([0-9.]+)", largest "([0-9]+) ]]
(( BASH_REMATCH[2] > 20 )) && [[ $seen =~ "4:4:4 colour  mean 0."[0-9]+", largest "[0-3][[:space:]] && $seen =~ "grey    mean 0."[0-9]+", largest "[0-3]$ ]] ||
  { echo "CHANGED: see the head of this script"; exit 1; }
