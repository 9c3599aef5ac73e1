#!/usr/bin/env bash
# ONNX Runtime on Linux keeps a telemetry store in the home folder, and neither of the two obvious switches of a .NET program turns it off.
#
# Expected: a library that runs networks writes nothing to the home folder, as its Linux builds did not for years; or OrtEnv's
#           DisableTelemetryEvents(), or ORT_DISABLE_TELEMETRY set by Environment.SetEnvironmentVariable before the first call, prevents it.
# Happens:  the first session makes a device id and a database below ~/.cache/Microsoft/DeveloperTools/.onnxruntime in all three cases.
#           .NET keeps its own copy of the environment on Unix, so that the native library does not see the variable; DisableTelemetryEvents()
#           leaves the store as well. A variable that stands in the environment before the process starts works (or libc's setenv).
# Seen:     NuGet Microsoft.ML.OnnxRuntime 1.31.0 on .NET 10:
#             plain        device id and database
#             SetVariable  device id and database
#             Disable      device id and database
#             shell        none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
cat >try.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.0" /></ItemGroup>
</Project>
END
cat >Program.cs <<'END'
using Microsoft.ML.OnnxRuntime;

if (args[0] == "SetVariable") Environment.SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
if (args[0] == "Disable") OrtEnv.Instance().DisableTelemetryEvents();

// y = Identity(x), one float, operator set 13: the smallest valid model.
byte[] type = [0x0a, 8, 8, 1, 0x12, 4, 0x0a, 2, 8, 1];
byte[] node = [0x0a, 16, 0x0a, 1, (byte)'x', 0x12, 1, (byte)'y', 0x22, 8, .. "Identity"u8];
byte[] input = [0x5a, 15, 0x0a, 1, (byte)'x', 0x12, 10, .. type], output = [0x62, 15, 0x0a, 1, (byte)'y', 0x12, 10, .. type];
byte[] graph = [.. node, 0x12, 1, (byte)'g', .. input, .. output];
using var session = new InferenceSession([8, 8, 0x3a, (byte)graph.Length, .. graph, 0x42, 2, 0x10, 13]);
END
dotnet build -c Release -v q -clp:NoSummary -nodeReuse:false -o built >build.log || { cat build.log; exit 1; }

store() { # CASE, more environment: what is in an empty home folder after one session
  local home
  home=$(mktemp -d -p "$folder")
  env -u ORT_DISABLE_TELEMETRY -u XDG_CACHE_HOME HOME="$home" "${@:2}" dotnet built/try.dll "$1"
  if [[ -f $home/.cache/Microsoft/DeveloperTools/.onnxruntime/deviceid && -f $home/.cache/Microsoft/DeveloperTools/.onnxruntime/onnxruntime.db ]]; then
    echo "device id and database"
  else
    find "$home" -name '*onnxruntime*' | grep . || echo none
  fi
}

seen=$(for case in plain SetVariable Disable; do printf '%-12s %s\n' "$case" "$(store "$case")"; done
  printf '%-12s %s\n' shell "$(store plain ORT_DISABLE_TELEMETRY=1)")
echo "$seen"
[[ $(grep -c "device id and database" <<<"$seen") == 3 && $seen == *"shell        none" ]] || { echo "CHANGED: see the head of this script"; exit 1; }
