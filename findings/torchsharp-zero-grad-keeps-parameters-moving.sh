#!/usr/bin/env bash
# TorchSharp: a parameter that takes no part in a step is changed by it all the same, and an optimiser that was made before module.to() fails.
#
# Expected: as PyTorch since 2.0: zero_grad() takes gradients away, and a step passes over parameters without one. And an optimiser goes on with the
#           module's parameters after module.to(dtype), which there changes them in place.
# Happens:  TorchSharp 0.107.0's zero_grad() writes zeros. An optimiser with momentum or weight decay so moves a parameter whose branch of the
#           network was not used (a head of another task, an expert that was not chosen) at every step. module.to() makes new parameters,
#           by whose addresses the optimiser then looks up its state: KeyNotFoundException with a number for a key, in SGD too.
# Seen:     NuGet TorchSharp 0.107.0, libtorch-cpu-linux-x64 2.10.0; AdamW, step 0.1, weight decay 0.1, "idle" used at step 0 alone:
#             step 0: idle 0.8900 gradient 1
#             step 1: idle 0.8141 gradient 0
#             step 2: idle 0.7542 gradient 0
#             SGD after to(): KeyNotFoundException
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
cat >try.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>
    <RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained><InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="TorchSharp" Version="0.107.0" />
    <PackageReference Include="libtorch-cpu-linux-x64" Version="2.10.0" />
  </ItemGroup>
</Project>
END
cat >Program.cs <<'END'
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

var (used, idle) = (Parameter(ones(1)), Parameter(ones(1)));
var adam = optim.AdamW([used, idle], 0.1, weight_decay: 0.1);
for (var step = 0; step < 3; step++)
{
    adam.zero_grad();
    (step == 0 ? used + idle : used * 1).sum().backward();
    adam.step();
    Console.WriteLine($"step {step}: idle {idle.item<float>():F4} gradient {(idle.grad is { } gradient ? gradient.item<float>().ToString() : "none")}");
}

var linear = Linear(4, 2);
var descent = optim.SGD(linear.parameters(), 0.1);
linear.to(float64);
linear.forward(ones(3, 4, dtype: float64)).sum().backward();
try
{
    descent.step();
    Console.WriteLine("SGD after to(): stepped");
}
catch (KeyNotFoundException error)
{
    Console.WriteLine($"SGD after to(): {error.GetType().Name}");
}
END
dotnet build -c Release -v q -clp:NoSummary -nodeReuse:false -o built >build.log || { cat build.log; exit 1; }
# Systems with GCC 12 or older lack a version of libstdc++ that the shim names and does not use: marked weak in this copy (hash of the name, flags behind it).
python3 - built/libLibTorchSharp.so <<'END'
import pathlib, struct, sys
file, code = pathlib.Path(sys.argv[1]), 0
for c in b"GLIBCXX_3.4.32":
    code = (code << 4) + c
    code = (code ^ (code & 0xF0000000) >> 24) & 0x0FFFFFFF
data = file.read_bytes()
at = data.index(struct.pack("<I", code)) + 4
file.unlink()
file.write_bytes(data[:at] + b"\2\0" + data[at + 2:])
END
seen=$(dotnet built/try.dll)
echo "$seen"
[[ $seen == $'step 0: idle 0.8900 gradient 1\nstep 1: idle 0.8141 gradient 0\nstep 2: idle 0.7542 gradient 0\nSGD after to(): KeyNotFoundException' ]] ||
  { echo "CHANGED: see the head of this script"; exit 1; }
