using FaceVoice.Index;
using Grpc.Core;

namespace FaceVoice.Server.Engines;

/// <summary>An engine, the index beside it, null if the server has none, and what is to be disposed after the index.</summary>
internal sealed record LoadedEngine(IServedEngine Engine, IVectorStore? Index, IDisposable? IndexKeys = null) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (Index is not null)
        {
            await Index.DisposeAsync();
        }

        IndexKeys?.Dispose();
        await Engine.DisposeAsync();
    }
}

/// <summary>Holds the engine and the index once they are loaded. Thread-safe.</summary>
internal sealed class EngineHolder
{
    private volatile LoadedEngine? _loaded;

    public LoadedEngine Loaded => _loaded ?? throw new RpcException(new Status(StatusCode.Unavailable, "The server is warming up."));

    public LoadedEngine? LoadedOrNull => _loaded;

    public IServedEngine Engine => Loaded.Engine;

    public string ModelId => Loaded.Engine.Manifest.ModelId;

    public void Set(LoadedEngine loaded) => _loaded = loaded;
}
