using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;
using Grpc.Core;

namespace FaceVoice.InteropTests;

/// <summary>The command line gives the same output, byte for byte, by a server and in process: alone, and while the server works for others.</summary>
[Collection(ServerCollection.Name)]
public sealed class CommandLineParityTests(ServerFixture fixture)
{
    private string[] Remote => ["--server", fixture.Address, "--api-key-file", fixture.KeyFile];

    private string[] Local => ["--model", fixture.Model];

    [Theory]
    [InlineData("face", null)]
    [InlineData("face", "face")]
    [InlineData("voice", null)]
    [InlineData("voice", "speaker")]
    public void Embed_ByServer_GivesTheSameLines(string medium, string? space)
    {
        string[] files = medium == "face" ? [RealMedia.Portrait(20), RealMedia.Portrait(21)] : [RealMedia.Recording(5), RealMedia.Video()];
        string[] command = ["embed", medium, .. files, .. space is null ? Array.Empty<string>() : ["--space", space]];
        RequireSame(command);
    }

    [Fact]
    public void Embed_Npy_IsTheSameFile()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["embed", "face", RealMedia.Portrait(22), RealMedia.Portrait(23), "--format", "npy", "--out"];
        Assert.Equal(0, ConsoleRun.Of([.. command, folder.File("local.npy"), .. Local]).ExitCode);
        Assert.Equal(0, ConsoleRun.Of([.. command, folder.File("remote.npy"), .. Remote]).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("local.npy")), File.ReadAllBytes(folder.File("remote.npy")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Match_ByServer_GivesTheSameText(bool json)
    {
        string[] command = ["match", RealMedia.Portrait(24), RealMedia.Recording(6), .. json ? ["--json"] : Array.Empty<string>()];
        RequireSame(command);
    }

    [Fact]
    public async Task EmbedAndMatch_WhileTheServerWorksForOthers_GiveTheSameBits()
    {
        using var stop = new CancellationTokenSource();
        var client = new EmbeddingService.EmbeddingServiceClient(fixture.Invoker);
        var others = Enumerable.Range(0, 12).Select(worker => LoadAsync(client, worker, stop.Token)).ToList();
        try
        {
            RequireSame(["embed", "face", RealMedia.Portrait(25), RealMedia.Portrait(26), RealMedia.Portrait(27)]);
            RequireSame(["embed", "voice", RealMedia.Recording(7), RealMedia.Recording(8)]);
            RequireSame(["match", RealMedia.Portrait(28), RealMedia.Recording(9), "--json"]);
        }
        finally
        {
            await stop.CancelAsync();
        }

        Assert.True((await Task.WhenAll(others)).Sum() > 0);
    }

    [Fact]
    public async Task Embed_StarterModelByServer_GivesTheSameLines()
    {
        var starter = RepositoryPaths.Of("models", "starter");
        await using var server = await ServerProcess.StartAsync("--model", starter);
        string[] remote = ["--server", $"http://127.0.0.1:{server.GrpcPort}"];
        foreach (var command in new string[][] { ["embed", "face", RealMedia.Portrait(0)], ["embed", "voice", RealMedia.Recording(0)] })
        {
            var (local, byServer) = (ConsoleRun.Of([.. command, "--model", starter]), ConsoleRun.Of([.. command, .. remote]));
            Assert.Equal(0, local.ExitCode);
            Assert.Equal(local.Output, byServer.Output);
        }

        string[] match = ["match", RealMedia.Portrait(0), RealMedia.Recording(0), "--json"];
        var (matched, matchedByServer) = (ConsoleRun.Of([.. match, "--model", starter]), ConsoleRun.Of([.. match, .. remote]));
        Assert.Equal(ModelBundle.Open(starter).Manifest.Heads is null ? 1 : 0, matched.ExitCode);
        Assert.Equal((matched.ExitCode, matched.Output), (matchedByServer.ExitCode, matchedByServer.Output));
    }

    [Fact]
    public void Embed_BrokenFile_IsNamedWithTheSameWords()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("broken.jpg"), "no picture");
        string[] command = ["embed", "face", folder.File("broken.jpg"), RealMedia.Portrait(29)];
        var (local, remote) = (ConsoleRun.Of([.. command, .. Local]), ConsoleRun.Of([.. command, .. Remote]));
        Assert.Equal(1, remote.ExitCode);
        Assert.Equal((local.Output, local.Error), (remote.Output, remote.Error));
    }

    [Fact]
    public void Server_WrongKeyOrNobodyThere_IsAFailureThatSaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("key"), "fv_wrong");
        var wrong = ConsoleRun.Of("embed", "face", RealMedia.Portrait(0), "--server", fixture.Address, "--api-key-file", folder.File("key"));
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("API key", wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fv_wrong", wrong.Error, StringComparison.Ordinal);
        var nobody = ConsoleRun.Of("match", RealMedia.Portrait(0), RealMedia.Recording(0), "--server", "127.0.0.1:1");
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("cannot be reached (Unavailable)", nobody.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_OfAnUnknownAuthority_IsAFailureThatNamesTheOption()
    {
        using var folder = new TemporaryFolder();
        using var certificates = new TestCertificates();
        await File.WriteAllBytesAsync(folder.File("face.jpg"), DrawnMedia.Face(60));
        await using var server = await ServerProcess.StartAsync("--model", fixture.Model, "--tls-certificate", certificates.ServerFile, "--tls-key", certificates.ServerKeyFile);
        string[] command = ["embed", "face", folder.File("face.jpg"), "--server", $"https://localhost:{server.GrpcPort}"];
        var unknown = ConsoleRun.Of(command);
        Assert.Equal((1, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("--ca-file", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("certificate", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(0, ConsoleRun.Of([.. command, "--ca-file", certificates.AuthorityFile]).ExitCode);
    }

    [Theory]
    [InlineData("--api-key-file goes with --server", "embed", "face", "x.jpg", "--api-key-file", "key")]
    [InlineData("--model does not go with --server", "embed", "face", "x.jpg", "--server", "host:1", "--model", "m")]
    [InlineData("--aligned does not go with --server", "embed", "face", "x.jpg", "--server", "host:1", "--aligned")]
    [InlineData("--index does not go with --server", "index", "list", "--server", "host:1", "--index", "i")]
    [InlineData("Give --index, or --server", "index", "list")]
    [InlineData("--server host:1/path", "match", "x.jpg", "x.wav", "--server", "host:1/path")]
    [InlineData("certificates go with https", "match", "x.jpg", "x.wav", "--server", "http://host:1", "--ca-file", "ca.pem")]
    public void Server_OptionsThatDoNotGoTogether_AreWrongUsage(string message, params string[] command)
    {
        var run = ConsoleRun.Of(command);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_ByServer_GivesTheSameOutputAndRemovesTheSamePoints()
    {
        using var folder = new TemporaryFolder();
        var (ours, theirs) = (folder.File("ours"), folder.File("theirs"));
        string[] media = [RealMedia.Portrait(40), RealMedia.Portrait(41), RealMedia.Recording(12), RealMedia.Recording(13)];
        foreach (var index in new[] { ours, theirs })
        {
            Assert.Equal(0, ConsoleRun.Of(["index", "add", .. media, "--set", "room=blue", "--identity", "anna", "--index", index, .. Local]).ExitCode);
        }

        await using var server = await ServerProcess.StartAsync("--model", fixture.Model, "--index", theirs);
        string[] remote = ["--server", $"127.0.0.1:{server.GrpcPort}"];
        string[][] commands =
        [
            ["stats"],
            ["list", "--json"],
            ["list", "--filter", "room!=blue", "--json"],
            ["list", "--json", "--modality", "voice", "--filter", "room=blue"],
            ["search", "--face", RealMedia.Portrait(40), "--json"],
            ["search", "--voice", RealMedia.Recording(12), "--space", "speaker", "--json"],
            ["search", "--like", Path.GetFileName(RealMedia.Recording(13)), "--threshold", "-1", "--exact", "--json"],
            ["search", "--face", RealMedia.Portrait(40), "--space", "speaker"],
            ["remove", Path.GetFileName(RealMedia.Recording(13)), "nobody"],
            ["remove", "--modality", "face"],
            ["list", "--json"],
        ];
        foreach (var command in commands)
        {
            var needsModel = command.Contains("--face") || command.Contains("--voice");
            var local = ConsoleRun.Of(["index", .. command, "--index", ours, .. needsModel ? Local : []]);
            var byServer = ConsoleRun.Of(["index", .. command, .. remote]);
            Assert.Equal((local.ExitCode, local.Output, local.Error), (byServer.ExitCode, byServer.Output, byServer.Error));
        }
    }

    private static async Task<int> LoadAsync(EmbeddingService.EmbeddingServiceClient client, int worker, CancellationToken cancellationToken)
    {
        var done = 0;
        for (var i = worker; ; i += 12)
        {
            try
            {
                await client.EmbedFaceAsync(new EmbedFaceRequest { Face = RealMedia.Face(50 + (i % 200)) }, cancellationToken: cancellationToken);
                done++;
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                return done;
            }
        }
    }

    private void RequireSame(string[] command)
    {
        var local = ConsoleRun.Of([.. command, .. Local]);
        var remote = ConsoleRun.Of([.. command, .. Remote]);
        Assert.Equal((0, ""), (local.ExitCode, local.Error));
        Assert.Equal((0, ""), (remote.ExitCode, remote.Error));
        Assert.Equal(local.Output, remote.Output);
    }
}
