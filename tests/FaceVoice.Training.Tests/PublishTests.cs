using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using FaceVoice.Testing;

namespace FaceVoice.Training.Tests;

/// <summary>
/// What is published with a program that trains: a program of one line, with the packages and the build steps of ours, from the packages that building
/// this test has brought.
/// </summary>
public sealed class PublishTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Publish_PortableAndSingleFile_CarryTheMendedBinding()
    {
        File.WriteAllText(_folder.File("program.cs"), "return 0;");
        File.WriteAllText(_folder.File("program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <EnableSingleFileAnalyzer>false</EnableSingleFileAnalyzer>
                <TorchSharpVersion>{Version("TorchSharp")}</TorchSharpVersion>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(new[] { "TorchSharp", "Google.Protobuf", "SharpZipLib", "SkiaSharp" }.Select(name => $"<PackageReference Include=\"{name}\" Version=\"{Version(name)}\" />"))}
              </ItemGroup>
              <Import Project="{RepositoryPaths.Of("src", "FaceVoice.Training", "build", "LibTorch.targets")}" />
            </Project>
            """);
        await DotnetAsync("publish", "program.csproj", "-o", "portable");
        await DotnetAsync("publish", "program.csproj", "-o", "single", "--no-build", "-p:PublishSingleFile=true");
        Assert.All(["portable", "single"], folder =>
        {
            var needs = ElfVersionNeeds.Of(_folder.File(folder, "libLibTorchSharp.so")).ToList();
            Assert.Equal("GLIBCXX_3.4.32", Assert.Single(needs, need => need.IsWeak).Name);
        });
        Assert.True(File.Exists(_folder.File("portable", "TorchSharp.dll")));
        Assert.False(File.Exists(_folder.File("single", "TorchSharp.dll")), "it is in the program");
    }

    /// <summary>By the project's evaluation alone: the CUDA packages are gigabytes.</summary>
    [Fact]
    public async Task TorchBackend_Cuda_TakesTheCudaPackageInstead()
    {
        var project = RepositoryPaths.Of("src", "FaceVoice.Training", "FaceVoice.Training.csproj");
        var items = JsonNode.Parse(await DotnetAsync("msbuild", project, "-p:TorchBackend=cuda", "-getItem:PackageReference"))!["Items"]!["PackageReference"]!.AsArray();
        var torch = items.Select(item => (string)item!["Identity"]!).Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["TorchSharp", "TorchSharp-cuda-linux"], torch.Order());
    }

    private async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "-nodeReuse:false", "-nologo", "-v:q"]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    /// <summary>The version of a package that this test was built with.</summary>
    private static string Version(string package)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "FaceVoice.Training.Tests.deps.json");
        var libraries = JsonNode.Parse(File.ReadAllText(file))!["libraries"]!.AsObject();
        return libraries.Select(library => library.Key.Split('/')).Single(library => library[0] == package)[1];
    }
}

/// <summary>The symbol versions that an ELF library asks of others (section .gnu.version_r).</summary>
internal static class ElfVersionNeeds
{
    public static IEnumerable<(string Name, bool IsWeak)> Of(string path)
    {
        var elf = File.ReadAllBytes(path);
        int Number(int at) => BitConverter.ToInt32(elf, at);
        int Section(int index) => (int)BitConverter.ToInt64(elf, 0x28) + (index * BitConverter.ToUInt16(elf, 0x3a));
        int Content(int header) => (int)BitConverter.ToInt64(elf, header + 0x18);
        var section = Enumerable.Range(0, BitConverter.ToUInt16(elf, 0x3c)).Select(Section).Single(header => Number(header + 4) == 0x6ffffffe);
        var (names, need) = (Content(Section(Number(section + 0x28))), Content(section));
        for (var n = Number(section + 0x2c); n > 0; n--, need += Number(need + 12))
        {
            var version = need + Number(need + 8);
            for (int v = BitConverter.ToUInt16(elf, need + 2); v > 0; v--, version += Number(version + 12))
            {
                var name = elf.AsSpan(names + Number(version + 8));
                yield return (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]), (BitConverter.ToUInt16(elf, version + 4) & 2) != 0);
            }
        }
    }
}
