using FaceVoice.Index;

namespace FaceVoice.Server.Engines;

/// <summary>An engine that has been warmed up, the index beside it, null where the server has none, and the keys that the index is kept under.</summary>
internal sealed record LoadedEngine(IInferenceEngine Engine, IVectorStore? Index, IDisposable? IndexKeys = null) : IAsyncDisposable
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
