using Grpc.Core;

namespace FaceVoice.Server.Engines;

/// <summary>Holds the engine and the index once they are loaded. Thread-safe.</summary>
internal sealed class EngineHolder
{
    private volatile LoadedEngine? _loaded;

    public LoadedEngine Loaded => _loaded ?? throw new RpcException(new Status(StatusCode.Unavailable, "The server is warming up."));

    public LoadedEngine? LoadedOrNull => _loaded;

    public IInferenceEngine Engine => Loaded.Engine;

    public string ModelId => Loaded.Engine.Manifest.ModelId;

    public void Set(LoadedEngine loaded) => _loaded = loaded;
}
