using System.Text.Json.Nodes;
using FaceVoice.Cli.Tests.Hub;
using FaceVoice.Inference.Faces;
using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Testing.Models;

namespace FaceVoice.Cli.Tests.Commands.Models;

/// <summary><c>models pull</c> from a hub on this machine, and <c>--model OWNER/NAME</c> from what it left in the cache.</summary>
[Collection("console")]
public sealed class ModelsPullTests : IAsyncDisposable
{
    private readonly LoopbackHub _hub = LoopbackHub.Start();
    private readonly HubEnvironment _environment;

    public ModelsPullTests() => _environment = new HubEnvironment(_hub.Endpoint);

    public async ValueTask DisposeAsync()
    {
        _environment.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public void Pull_SpeechBrainEncoder_IsInTheCacheAsDocumentedAndRuns()
    {
        Add(HubEnvironment.SpeechBrainRepository());
        var run = ConsoleRun.Of("models", "pull", "owner/name", "--json");
        Assert.Equal(0, run.ExitCode);
        var answer = JsonNode.Parse(run.Output)!;
        Assert.Equal((
            "speaker", LoopbackHub.Commit, "apache-2.0"), ((string)answer["kind"]!, (string)answer["commit"]!, (string)answer["licence"]!));

        Assert.Equal(LoopbackHub.Commit, File.ReadAllText(_environment.Cached("refs", "main")));
        var weights = new FileInfo(_environment.Cached("snapshots", LoopbackHub.Commit, "embedding_model.ckpt"));
        Assert.Equal($"../../blobs/{LoopbackHub.Sha256(_hub.Files["embedding_model.ckpt"])}", weights.LinkTarget);
        Assert.Equal(_hub.Files["embedding_model.ckpt"], File.ReadAllBytes(weights.FullName));
        var recipe = new FileInfo(_environment.Cached("snapshots", LoopbackHub.Commit, "hyperparams.yaml"));
        Assert.Equal($"../../blobs/{LoopbackHub.GitSha1(_hub.Files["hyperparams.yaml"])}", recipe.LinkTarget);
        Assert.False(File.Exists(_environment.Cached("snapshots", LoopbackHub.Commit, "classifier.ckpt")), "fetched without need");

        var spec = ModelBundle.Open((string)answer["directory"]!).Manifest;
        Assert.Equal(("xvector", 24, 96), (
            spec.Encoders.Speaker!.Architecture, spec.Encoders.Speaker.Preprocessing.MelBins, spec.Dimensions.Speaker));
        Assert.Equal(("apache-2.0", $"owner/name at {LoopbackHub.Commit}"), (spec.Licences[0].Licence, spec.Licences[0].Source));
        Assert.Contains("every network ran", ConsoleRun.Of("models", "verify", "owner/name").Output, StringComparison.Ordinal);
        Assert.Contains($"owner/name@{LoopbackHub.Commit}", ConsoleRun.Of("models", "list", "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_Again_FetchesOnlyWhatIsDamaged()
    {
        Add(HubEnvironment.SpeechBrainRepository());
        Assert.Equal(0, ConsoleRun.Of("models", "pull", "owner/name").ExitCode);
        Assert.Equal(0, (long)JsonNode.Parse(ConsoleRun.Of("models", "pull", "owner/name", "--json").Output)!["fetched_bytes"]!);

        var weights = _hub.Files["embedding_model.ckpt"];
        var blob = _environment.Cached("blobs", LoopbackHub.Sha256(weights));
        File.WriteAllBytes(blob, [.. weights[..^1], (byte)(weights[^1] ^ 1)]);
        Assert.Equal(
            weights.Length, (long)JsonNode.Parse(ConsoleRun.Of("models", "pull", "owner/name", "--json").Output)!["fetched_bytes"]!);
        Assert.Equal(weights, File.ReadAllBytes(blob));
    }

    [Fact]
    public void Pull_WithToken_SendsItToTheHubAndNotToTheStore()
    {
        Add(HubEnvironment.SpeechBrainRepository());
        _hub.Token = "hf_secret";
        var refused = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("401 RepoNotFound", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Set HF_TOKEN", refused.Error, StringComparison.Ordinal);

        File.WriteAllText(_environment.File("token"), "hf_secret\n");
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("hf_secret", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Contains(_hub.Requests, request => request.StartsWith("hub /owner/name/resolve/", StringComparison.Ordinal)
            && request.EndsWith("Bearer hf_secret", StringComparison.Ordinal));
        Assert.Contains(_hub.Requests, request => request.StartsWith("store ", StringComparison.Ordinal));
        Assert.DoesNotContain(_hub.Requests, request => request.StartsWith("store ", StringComparison.Ordinal)
            && request.Contains("Bearer", StringComparison.Ordinal));
    }

    [Fact]
    public void Pull_OwnBundle_IsUsedWhereItLies()
    {
        using var folder = new TemporaryFolder();
        var bundle = RandomSpeakerBundle.Create(folder.File("bundle"), withHeads: false);
        Add(Directory.GetFiles(bundle.Directory).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes));
        Assert.Equal(0, ConsoleRun.Of("models", "pull", "owner/name@main").ExitCode);
        var shown = JsonNode.Parse(ConsoleRun.Of("models", "show", "owner/name").Output)!;
        Assert.Equal(bundle.ModelId, (string)shown["model_id"]!);
        Assert.Contains(bundle.ModelId, ConsoleRun.Of("models", "list", "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_FaceNetwork_MustBeToldHowPixelsGoIn()
    {
        _hub.Files["nets/face.onnx"] = File.ReadAllBytes(FaceModels.Encoder);
        var untold = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(2, untold.ExitCode);
        Assert.Contains("--channel-order, --mean and --scale", untold.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, request => request.StartsWith("store ", StringComparison.Ordinal));

        string[] told = ["models", "pull", "owner/name", "--channel-order", "bgr", "--mean", "127", "--scale", "128", "--licence", "MIT"];
        Assert.Equal(0, ConsoleRun.Of(told).ExitCode);
        var spec = JsonNode.Parse(ConsoleRun.Of("models", "show", "owner/name").Output)!["encoders"]!["face"]!;
        Assert.Equal((512, "bgr"), ((int)spec["dimension"]!, (string)spec["preprocessing"]!["channel_order"]!));

        _hub.Files["nets/other.onnx"] = [1, 2, 3];
        Assert.Contains("nets/face.onnx, nets/other.onnx", ConsoleRun.Of(told).Error, StringComparison.Ordinal);
        Assert.Contains("none of them 'face.onnx'", ConsoleRun.Of([.. told, "--file", "face.onnx"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_NotInTheCache_IsRefusedWithTheCommandThatFetchesIt()
    {
        string[][] commands = [["models", "verify", "owner/name@v1"], ["serve", "--model", "owner/name@v1"], ["embed", "voice", "a.wav",
            "--model", "owner/name@v1"]];
        foreach (var command in commands)
        {
            var run = ConsoleRun.Of(command);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("To fetch it: facevoice models pull owner/name@v1", run.Error, StringComparison.Ordinal);
        }

        Assert.Empty(_hub.Requests);
    }

    /// <summary>As another program leaves it: blobs, a snapshot of links, a reference with a line end.</summary>
    [Fact]
    public void Model_DownloadedByAnotherProgram_IsFound()
    {
        foreach (var (name, content) in HubEnvironment.SpeechBrainRepository())
        {
            var hash = LoopbackHub.IsLarge(name) ? LoopbackHub.Sha256(content) : LoopbackHub.GitSha1(content);
            Directory.CreateDirectory(_environment.Cached("blobs"));
            Directory.CreateDirectory(_environment.Cached("snapshots", LoopbackHub.Commit));
            File.WriteAllBytes(_environment.Cached("blobs", hash), content);
            File.CreateSymbolicLink(_environment.Cached("snapshots", LoopbackHub.Commit, name), $"../../blobs/{hash}");
        }

        Directory.CreateDirectory(_environment.Cached("refs"));
        File.WriteAllText(_environment.Cached("refs", "v1"), LoopbackHub.Commit + "\n");
        Assert.Equal(0, ConsoleRun.Of("models", "show", "owner/name@v1").ExitCode);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        Assert.Equal(0, ConsoleRun.Of("models", "pull", "owner/name@v1").ExitCode);
        var other = ConsoleRun.Of("models", "pull", "owner/name@v2");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("HF_HUB_OFFLINE", other.Error, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void Pull_BranchMoved_KeepsTheCommitThatWasPinned()
    {
        Add(HubEnvironment.SpeechBrainRepository(1));
        Assert.Equal(0, ConsoleRun.Of("models", "pull", "owner/name").ExitCode);
        var first = ModelId("owner/name");
        Add(HubEnvironment.SpeechBrainRepository(2));
        _hub.Head = new string('b', 40);
        Assert.Equal(first, ModelId("owner/name"));
        Assert.Equal(0, ConsoleRun.Of("models", "pull", "owner/name").ExitCode);
        Assert.NotEqual(first, ModelId("owner/name"));
        Assert.Equal(first, ModelId($"owner/name@{LoopbackHub.Commit}"));
    }

    [Theory]
    [InlineData(401, "RepoNotFound", "may not be read")]
    [InlineData(403, "GatedRepo", "terms must be accepted")]
    [InlineData(404, "RepoNotFound", "no such repository or revision")]
    [InlineData(404, "RevisionNotFound", "no such branch, tag or commit")]
    [InlineData(418, null, "answered 418")]
    public void Pull_Refused_SaysWhy(int status, string? code, string reason)
    {
        _hub.Refusal = (status, code);
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_environment.Cached()));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/outside")]
    [InlineData("a//b")]
    [InlineData(@"..\outside")]
    [InlineData("c:outside")]
    [InlineData("a\u0000b")]
    [InlineData("a\u001b[2Jb")]
    public void Pull_HostileFileName_FetchesNothing(string name)
    {
        Add(HubEnvironment.SpeechBrainRepository());
        _hub.Edit = list => list["siblings"]!.AsArray().Add(new JsonObject { ["rfilename"] = name });
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no path inside a folder. Nothing was fetched.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Error);
        Assert.False(Directory.Exists(_environment.Cached()));
    }

    [Theory]
    [InlineData("""{"siblings":[]}""")]
    [InlineData("""{"sha":"../../x","siblings":[]}""")]
    [InlineData("""{"sha":7,"siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":{}}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"README.md","blobId":"../../../x"}]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":"README.md","size":-1}]}""")]
    public void Pull_WrongList_IsRefused(string list)
    {
        _hub.Edit = original =>
        {
            original.Clear();
            foreach (var (name, value) in JsonNode.Parse(list)!.AsObject())
            {
                original[name] = value?.DeepClone();
            }
        };
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("facevoice models pull: owner/name:", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_environment.Cached()));
    }

    [Fact]
    public void Pull_RepositoryOfSomethingElse_SaysWhatItHas()
    {
        _hub.Files["config.json"] = "{}"u8.ToArray();
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Its files: config.json", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("../name")]
    [InlineData("owner/na--me")]
    [InlineData("owner/name@../x")]
    [InlineData("owner/name@a//b")]
    [InlineData("owner/name/more")]
    public void Pull_WhatIsNoName_IsWrongUsage(string name)
    {
        var run = ConsoleRun.Of("models", "pull", name);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("OWNER/NAME[@REVISION]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_TokenOverPlainHttp_IsRefused()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", "http://hub.example");
        Environment.SetEnvironmentVariable("HF_TOKEN", "hf_secret");
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("unprotected", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_HubThatIsNotThere_SaysThatTheCacheWorksWithoutIt()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", "http://127.0.0.1:1");
        var run = ConsoleRun.Of("models", "pull", "owner/name");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("127.0.0.1:1 cannot be reached", run.Error, StringComparison.Ordinal);
    }

    private static string ModelId(string model) => (string)JsonNode.Parse(ConsoleRun.Of("models", "show", model).Output)!["model_id"]!;

    private void Add(Dictionary<string, byte[]> files)
    {
        foreach (var (name, content) in files)
        {
            _hub.Files[name] = content;
        }
    }
}
