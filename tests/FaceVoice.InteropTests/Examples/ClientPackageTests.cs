using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaceVoice.Server;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.InteropTests.Examples;

/// <summary>The C# client as a NuGet package, and a console program of somebody else's that references it beside Grpc.Net.Client.</summary>
[Collection(ServerCollection.Name)]
public sealed class ClientPackageTests(ServerFixture fixture)
{
    private const string Version = "0.1.0-test";

    [Fact]
    public async Task Package_Packed_IsAnOrdinaryClientLibrary()
    {
        using var folder = new TemporaryFolder();
        await PackAsync(folder.File("packages"));
        await using var package = await ZipFile.OpenReadAsync(folder.File("packages", $"FaceVoice.Protocol.{Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToList();
        Assert.All(["lib/net10.0/FaceVoice.Protocol.dll", "lib/net10.0/FaceVoice.Protocol.xml", "README.md"], name => Assert.Contains(name, files));
        await using var stream = await package.GetEntry("FaceVoice.Protocol.nuspec")!.OpenAsync();
        var nuspec = await XDocument.LoadAsync(stream, LoadOptions.None, TestContext.Current.CancellationToken);
        string? Value(string name) => nuspec.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        Assert.Equal(("MIT", "README.md"), (Value("license"), Value("readme")));
        Assert.True(Value("description")?.Length > 40, Value("description"));
        Assert.Equal(["Google.Protobuf", "Grpc.Net.Client"], nuspec.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order());
    }

    [Fact]
    public async Task Program_WithThePackageAndGrpcNetClient_EnrolsMatchesAndSearchesOverTls()
    {
        using var folder = new TemporaryFolder();
        using var certificates = new TestCertificates();
        await File.WriteAllBytesAsync(folder.File("face.jpg"), DrawnMedia.Face(70));
        await File.WriteAllBytesAsync(folder.File("voice.wav"), DrawnMedia.Voice(70));
        await File.WriteAllTextAsync(folder.File("key.txt"), ApiKeys.Add(folder.File("keys.json"), "tests"));
        await PackAsync(folder.File("packages"));
        await BuildAsync(folder);
        await using var server = await ServerProcess.StartAsync(
            "--model", fixture.Model, "--index", folder.File("index"), "--api-keys", folder.File("keys.json"),
            "--tls-certificate", certificates.ServerFile, "--tls-key", certificates.ServerKeyFile);

        string[] arguments = [$"https://localhost:{server.GrpcPort}", folder.File("face.jpg"), folder.File("voice.wav"), folder.File("key.txt")];
        var (exitCode, output, error) = await RunAsync("dotnet", [folder.File("program", "out", "Program.dll"), .. arguments, certificates.AuthorityFile]);
        Assert.True(exitCode == 0, error);
        Assert.Equal("1.000 anna", output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);

        // Without the authority nothing is said to the server.
        (exitCode, output, error) = await RunAsync("dotnet", [folder.File("program", "out", "Program.dll"), .. arguments]);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("certificate", error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Documentation_ExampleOfCSharp_IsPartOfTheSample()
    {
        var page = File.ReadAllText(RepositoryPaths.Of("docs", "clients.md"));
        var example = Regex.Match(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(example);
        var sample = File.ReadAllLines(RepositoryPaths.Of("samples", "CSharpClient", "Program.cs")).Select(line => line.Trim()).ToHashSet();
        Assert.All(example.Split('\n'), line => Assert.Contains(line.Trim(), sample));
    }

    /// <summary>Packs what was built with these tests.</summary>
    private static async Task PackAsync(string to)
    {
        var project = RepositoryPaths.Of("src", "FaceVoice.Protocol", "FaceVoice.Protocol.csproj");
        var (exitCode, output, error) = await RunAsync(
            "dotnet", ["pack", project, "--no-build", "-c", "Release", "-o", to, "-nodeReuse:false", "-v", "q", $"-p:PackageVersion={Version}"]);
        Assert.True(exitCode == 0, output + error);
    }

    /// <summary>
    /// Builds the sample as a project of its own: no file of this repository's build is above it, and the client comes out of the package.
    /// </summary>
    private static async Task BuildAsync(TemporaryFolder folder)
    {
        var versions = XDocument.Load(RepositoryPaths.Of("Directory.Packages.props")).Descendants("PackageVersion");
        var grpc = versions.Single(v => v.Attribute("Include")!.Value == "Grpc.Net.Client").Attribute("Version")!.Value;
        Directory.CreateDirectory(folder.File("program"));
        File.Copy(RepositoryPaths.Of("samples", "CSharpClient", "Program.cs"), folder.File("program", "Program.cs"));
        await File.WriteAllTextAsync(folder.File("program", "Program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="FaceVoice.Protocol" Version="{Version}" />
                <PackageReference Include="Grpc.Net.Client" Version="{grpc}" />
              </ItemGroup>
            </Project>
            """);

        // What the machine has already is used from where it is, and ours goes nowhere but into this folder: the next run packs the same
        // version anew.
        var (_, locals, _) = await RunAsync("dotnet", ["nuget", "locals", "global-packages", "--list"]);
        var cache = locals[(locals.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var (exitCode, output, error) = await RunAsync(
            "dotnet",
            [
                "build", folder.File("program", "Program.csproj"), "-c", "Release", "-o", folder.File("program", "out"), "-nodeReuse:false", "-v", "q",
                $"-p:RestorePackagesPath={folder.File("cache")}", $"-p:RestoreFallbackFolders={cache}", $"-p:RestoreAdditionalProjectSources={folder.File("packages")}",
            ]);
        Assert.True(exitCode == 0, output + error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output, await error);
    }
}
