using FaceVoice.Index;
using FaceVoice.Server;
using FaceVoice.Testing;
using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Models;
using Grpc.Core;
using Grpc.Net.Client;

namespace FaceVoice.InteropTests;

/// <summary>
/// One server process for all tests: a model with random heads, an encrypted index, API keys. Its scores mean nothing, but every part of a real
/// deployment takes part.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Queue<string> _slowKeys = new();

    /// <summary>Gets the model's folder.</summary>
    public string Model => _folder.File("model");

    /// <summary>Gets the file with the API key, as a client keeps it.</summary>
    public string KeyFile => _folder.File("key.txt");

    /// <summary>Gets the server.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>Gets a channel to it.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    /// <summary>Gets a way to call it with a key.</summary>
    public CallInvoker Invoker { get; private set; } = null!;

    /// <summary>Gets its address for command lines.</summary>
    public string Address => $"127.0.0.1:{Server.GrpcPort}";

    /// <summary>A key that allows one call in a hundred seconds, and that nobody has used.</summary>
    public string TakeSlowKey() => _slowKeys.Dequeue();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        RandomSpeakerBundle.Create(Model);
        var keys = _folder.File("keys.json");
        await File.WriteAllTextAsync(KeyFile, ApiKeys.Add(keys, "tests") + "\n");
        for (var i = 0; i < 4; i++)
        {
            // Before the server starts: it looks for changes of the file every other second only.
            _slowKeys.Enqueue(ApiKeys.Add(keys, $"slow-{i}", callsPerSecond: 0.01));
        }

        using var indexKey = StoreKey.Generate();
        await File.WriteAllTextAsync(_folder.File("index.key"), indexKey.ToBase64());
        Server = await ServerProcess.StartAsync(
            "--model", Model, "--index", _folder.File("index"), "--index-key-file", _folder.File("index.key"), "--api-keys", keys, "--set", "Work:QueueLength=256");
        Channel = Server.Connect();
        Invoker = ServerProcess.WithKey(Channel, (await File.ReadAllTextAsync(KeyFile)).Trim());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel?.Dispose();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
