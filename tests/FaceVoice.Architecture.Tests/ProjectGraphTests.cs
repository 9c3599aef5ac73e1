using System.Xml.Linq;
using FaceVoice.Testing;

namespace FaceVoice.Architecture.Tests;

/// <summary>
/// The table of projects: who references whom, which package stands where, and that namespaces repeat folders; compared with the files.
/// </summary>
public sealed class ProjectGraphTests
{
    /// <summary>The nine projects, from the bottom up: a project references only what is above it in this list.</summary>
    private static readonly (string Project, string[] References)[] Table =
    [
        ("FaceVoice.Protocol", []),
        ("FaceVoice.Media", []),
        ("FaceVoice.Models", []),
        ("FaceVoice.Index", ["FaceVoice.Models"]),
        ("FaceVoice.Inference", ["FaceVoice.Media", "FaceVoice.Models"]),
        ("FaceVoice.Datasets", ["FaceVoice.Inference"]),
        ("FaceVoice.Training", ["FaceVoice.Datasets"]),
        ("FaceVoice.Server", ["FaceVoice.Inference", "FaceVoice.Index", "FaceVoice.Protocol"]),
        ("FaceVoice.Cli", ["FaceVoice.Training", "FaceVoice.Server"]),
    ];

    /// <summary>Where a package belongs, by the beginning of its name.</summary>
    private static readonly (string Prefix, string Project)[] Homes =
    [
        ("TorchSharp", "FaceVoice.Training"),
        ("libtorch", "FaceVoice.Training"),
        ("Microsoft.ML.OnnxRuntime", "FaceVoice.Models"),
        ("YamlDotNet", "FaceVoice.Models"),
        ("SixLabors.ImageSharp", "FaceVoice.Media"),
        ("FFMpegCore", "FaceVoice.Media"),
        ("Concentus", "FaceVoice.Media"),
        ("NLayer", "FaceVoice.Media"),
        ("Grpc.AspNetCore", "FaceVoice.Server"),
        ("Grpc.Net.Client", "FaceVoice.Protocol"),
        ("Qdrant.Client", "FaceVoice.Index"),
        ("OpenTelemetry", "FaceVoice.Server"),
        ("System.CommandLine", "FaceVoice.Cli"),
        ("Spectre.Console", "FaceVoice.Cli"),
    ];

    /// <summary>Packages that more than one project references, and why.</summary>
    private static readonly Dictionary<string, string> Shared = new()
    {
        ["Google.Protobuf"] = "three file formats are protobuf: the wire contract, ONNX models, TensorBoard events",
        ["Grpc.Tools"] = "compiles the .proto files of those projects; leaves nothing in the output",
        ["Grpc.Net.Client.Web"] = "a handler for clients of gRPC-Web, chosen by the program that makes the channel",
        ["System.Numerics.Tensors"] = "vector arithmetic of the base class library, which happens to come as a package",
        ["Microsoft.Extensions.Logging.Abstractions"] = "the interface of loggers, for libraries below ASP.NET Core",
    };

    public static TheoryData<string> Projects => [.. Table.Select(row => row.Project)];

    [Fact]
    public void Source_Projects_AreThoseOfTheTable()
    {
        var found = Directory.GetFiles(
            RepositoryPaths.Of("src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(Table.Select(row => row.Project).Order(), found.Order());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreThoseOfTheTable(string project) =>
        Assert.Equal(Table.Single(row => row.Project == project).References.Order(), References(project).Order());

    [Fact]
    public void Table_Arrows_GoDown()
    {
        for (var i = 0; i < Table.Length; i++)
        {
            var below = Table[..i].Select(row => row.Project);
            Assert.All(Table[i].References, reference => Assert.Contains(reference, below));
        }
    }

    [Fact]
    public void Package_OfSourceProjects_IsReferencedByOneProject()
    {
        var users = Table.SelectMany(row => Packages(row.Project).Select(package => (Package: package, row.Project))).ToLookup(
            use => use.Package, use => use.Project);
        Assert.All(
            users.Where(use => !Shared.ContainsKey(use.Key)),
            use => Assert.True(use.Distinct().Count() == 1, $"{use.Key} is referenced by {string.Join(" and ", use.Distinct())}; one project is its home."));
    }

    [Fact]
    public void Package_WithAHome_IsReferencedThere()
    {
        foreach (var (project, _) in Table)
        {
            foreach (var package in Packages(project).Where(package => !Shared.ContainsKey(package)))
            {
                var home = Homes.FirstOrDefault(row => package.StartsWith(row.Prefix, StringComparison.Ordinal)).Project ?? project;
                Assert.True(home == project, $"{project} references {package}, whose home is {home}.");
            }
        }
    }

    [Theory]
    [InlineData("FaceVoice.Server")]
    [InlineData("FaceVoice.Protocol")]
    [InlineData("FaceVoice.Inference")]
    [InlineData("FaceVoice.Index")]
    public void Serving_NeverReaches_Torch(string project)
    {
        var closure = Closure(project);
        Assert.DoesNotContain("FaceVoice.Training", closure);
        Assert.DoesNotContain(closure.SelectMany(Packages), package => package.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_RepeatItsFolders(string project)
    {
        var root = RepositoryPaths.Of("src", project);
        var wrong = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => path.Split('/')[0] is not ("bin" or "obj"))
            .Select(path => (Path: path, Expected: string.Join('.', [project, .. path.Split('/')[..^1]]), Found: NamespaceOf(Path.Combine(root, path))))
            .Where(file => file.Found is not null && file.Found != file.Expected)
            .Select(file => $"{file.Path}: {file.Found}, expected {file.Expected}");
        Assert.Empty(wrong);
    }

    private static string? NamespaceOf(string path) =>
        File.ReadLines(path).FirstOrDefault(
            line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';', ' ');

    private static HashSet<string> Closure(string project)
    {
        var seen = new HashSet<string> { project };
        var open = new Stack<string>([project]);
        while (open.TryPop(out var next))
        {
            foreach (var reference in References(next).Where(seen.Add))
            {
                open.Push(reference);
            }
        }

        return seen;
    }

    private static IEnumerable<string> References(string project) =>
        Includes(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));

    private static IEnumerable<string> Packages(string project) => Includes(project, "PackageReference");

    private static IEnumerable<string> Includes(string project, string kind) =>
        XDocument.Load(RepositoryPaths.Of("src", project, project + ".csproj")).Descendants(kind).Select(
            item => (string)item.Attribute("Include")!).Where(name => name is not null);
}
