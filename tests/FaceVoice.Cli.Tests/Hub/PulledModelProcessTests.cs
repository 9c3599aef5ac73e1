using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing.Grpc;

namespace FaceVoice.Cli.Tests.Hub;

/// <summary>Models of a hub in processes as a user starts them: stopped while fetching, and serving out of the cache.</summary>
[Collection("console")]
public sealed class PulledModelProcessTests : IAsyncDisposable
{
    private readonly LoopbackHub _hub = LoopbackHub.Start();
    private readonly HubEnvironment _environment;

    public PulledModelProcessTests()
    {
        _environment = new HubEnvironment(_hub.Endpoint);
        foreach (var (name, content) in HubEnvironment.SpeechBrainRepository())
        {
            _hub.Files[name] = content;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _environment.Dispose();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Pull_CtrlC_EndsWith130AndGoesOnFromThePart()
    {
        const int sent = 40_000;
        _hub.HoldAfter = sent;
        var weights = _hub.Files["embedding_model.ckpt"];
        var part = new FileInfo(_environment.Cached("blobs", $"{LoopbackHub.Sha256(weights)}.incomplete"));

        // A shell that runs the tests in the background has its children ignore Ctrl-C; env undoes that.
        var program = Path.Combine(AppContext.BaseDirectory, "facevoice.dll");
        using var pull = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program, "models", "pull", "owner/name"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var errors = pull.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = pull.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!part.Exists || part.Length < sent)
        {
            Assert.False(pull.HasExited, "It ended before it could be stopped.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
            part.Refresh();
        }

        using var kill = Process.Start("kill", ["-INT", pull.Id.ToString(CultureInfo.InvariantCulture)]);
        await pull.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(pull.ExitCode == 130, $"ended with {pull.ExitCode}\n{await output}\n{await errors}");
        part.Refresh();
        Assert.Equal(sent, part.Length);

        _hub.HoldAfter = null;
        var again = ConsoleRun.Of("models", "pull", "owner/name", "--json");
        Assert.Equal(0, again.ExitCode);
        var last = _hub.Requests.Last(request => request.StartsWith("store ", StringComparison.Ordinal));
        Assert.EndsWith($" bytes={sent}-", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ModelOfTheCache_ServesItAndAsksNobody()
    {
        var pulled = JsonNode.Parse(ConsoleRun.Of("models", "pull", "owner/name", "--json").Output)!;
        var asked = _hub.Requests.Count;
        await using var server = await ServerProcess.StartAsync("--model", "owner/name");
        using var channel = server.Connect();
        var model = await new ModelService.ModelServiceClient(channel).GetModelAsync(
            new(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((string)pulled["model_id"]!, model.ModelId);
        Assert.Equal(asked, _hub.Requests.Count);
    }
}
