namespace FaceVoice.Server.Middleware;

/// <summary>Whether the server may take calls. Thread-safe.</summary>
internal sealed class Readiness
{
    private volatile bool _ready;

    public bool IsReady => _ready;

    public void Set(bool ready) => _ready = ready;
}
