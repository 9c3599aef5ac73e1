using System.Xml.Linq;
using FaceVoice.Testing;

namespace FaceVoice.Architecture.Tests;

/// <summary>The table of who may reference whom, held against the project files.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["FaceVoice.Torch"] = [],
        ["FaceVoice.Protocol"] = [],
        ["FaceVoice.Media"] = [],
        ["FaceVoice.Models"] = [],
        ["FaceVoice.Index"] = ["FaceVoice.Models"],
        ["FaceVoice.Inference"] = ["FaceVoice.Media", "FaceVoice.Models"],
        ["FaceVoice.Datasets"] = ["FaceVoice.Inference"],
        ["FaceVoice.Training"] = ["FaceVoice.Datasets", "FaceVoice.Torch"],
        ["FaceVoice.Server"] = ["FaceVoice.Inference", "FaceVoice.Index", "FaceVoice.Protocol"],
        ["FaceVoice.Cli"] = ["FaceVoice.Training", "FaceVoice.Server"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetFiles(RepositoryPaths.Of("src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreThoseOfTheTable(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        Assert.True(Allowed.TryGetValue(name, out var expected), $"{name} is not in the table of projects.");
        Assert.Equal(expected!.Order(), References(path).Order());
    }

    [Fact]
    public void Table_EveryProject_Exists() =>
        Assert.Equal(Allowed.Keys.Order(), Projects.Select(row => Path.GetFileNameWithoutExtension(row.Data)).Order());

    [Theory]
    [InlineData("FaceVoice.Server")]
    [InlineData("FaceVoice.Protocol")]
    public void Serving_NeverReaches_Torch(string project) => Assert.Empty(Closure(project).Intersect(["FaceVoice.Training", "FaceVoice.Torch"]));

    private static HashSet<string> Closure(string project)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([project]);
        while (open.TryPop(out var next))
        {
            foreach (var reference in References(RepositoryPaths.Of("src", next, next + ".csproj")))
            {
                if (seen.Add(reference))
                {
                    open.Push(reference);
                }
            }
        }

        return seen;
    }

    private static IEnumerable<string> References(string path) =>
        XDocument.Load(path).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));
}
