#!/usr/bin/env bash
# TorchSharp 0.107.0 does not load on systems where the LibTorch it wraps does, because of one symbol that it never uses.
#
# Expected: the native shim of TorchSharp runs wherever its libtorch_cpu.so runs: that one asks for libstdc++ of GCC 9 (GLIBCXX_3.4.26).
# Happens:  libLibTorchSharp.so asks for GLIBCXX_3.4.32, GCC 13, which Debian 12 and Ubuntu 22.04 do not have. The only symbol of that version is
#           std::ios_base_library_init, which the compiler emits for "#include <iostream>", and no relocation refers to it. There the first call
#           ends with "doesn't contain a reference to libtorch-cpu-linux-x64", although there is one, or with DllNotFoundException; neither
#           names libstdc++. With the version need marked weak in a copy of the file, the library loads and computes.
# Seen:     NuGet TorchSharp 0.107.0, libtorch-cpu-linux-x64 2.10.0:
#             libLibTorchSharp.so GLIBCXX_3.4.32
#             libtorch_cpu.so GLIBCXX_3.4.26
#             symbols of GLIBCXX_3.4.32: _ZSt21ios_base_library_initv
#             relocations that use it: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
cat >try.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="TorchSharp" Version="0.107.0" />
    <PackageReference Include="libtorch-cpu-linux-x64" Version="2.10.0" />
  </ItemGroup>
</Project>
END
dotnet restore -v q >restore.log || { cat restore.log; exit 1; }
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^/]*//')
shim=$(find "$packages/torchsharp/0.107.0" -path '*linux-x64*' -name libLibTorchSharp.so)
torch=$(find "$packages/libtorch-cpu-linux-x64/2.10.0" -name libtorch_cpu.so)

newest() { readelf -VW "$1" | grep -o 'GLIBCXX_[0-9.]*' | sort -Vu | tail -1; }

seen="libLibTorchSharp.so $(newest "$shim")
libtorch_cpu.so $(newest "$torch")
symbols of GLIBCXX_3.4.32: $(readelf -W --dyn-syms "$shim" | grep -o '[^ ]*@GLIBCXX_3\.4\.32' | cut -d@ -f1 | sort -u | paste -sd' ')
relocations that use it: $(readelf -rW "$shim" | grep -c ios_base_library_init || true)"
echo "$seen"
[[ $seen == "libLibTorchSharp.so GLIBCXX_3.4.32
libtorch_cpu.so GLIBCXX_3.4.26
symbols of GLIBCXX_3.4.32: _ZSt21ios_base_library_initv
relocations that use it: 0" ]] || { echo "CHANGED: see the head of this script"; exit 1; }
