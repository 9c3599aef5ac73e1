namespace FaceVoice.Inference;

/// <summary>A rehearsal of an engine, until it is disposed.</summary>
internal sealed class EngineRehearsal : IDisposable
{
    private readonly FaceVoiceEngine _engine;

    public EngineRehearsal(FaceVoiceEngine engine)
    {
        _engine = engine;
        engine.Meter.IsSilent = true;
    }

    public void Dispose()
    {
        _engine.Cache.Clear();
        _engine.Meter.IsSilent = false;
    }
}
