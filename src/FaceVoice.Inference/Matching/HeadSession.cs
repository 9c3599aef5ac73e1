using FaceVoice.Models;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Matching;

/// <summary>The session of one projection head: an encoder's vector in, a joint embedding out. Thread-safe.</summary>
internal sealed class HeadSession : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;
    private readonly int _output;

    public HeadSession(string path, HeadSpec spec)
    {
        _session = OnnxSession.Load(path);
        try
        {
            _session.RequireInput("embedding", TensorElement.Real32, 1, spec.InputDimension);
            _output = _session.Outputs.ToList().IndexOf(_session.RequireOutput("joint", TensorElement.Real32, 1, spec.OutputDimension));
            _calls = new OnnxCallPool(_session, [[1, spec.InputDimension]], [[1, spec.OutputDimension]]);
            Dimension = spec.OutputDimension;
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public int Dimension { get; }

    public float[] Project(ReadOnlySpan<float> embedding)
    {
        using var call = _calls.Rent();
        embedding.CopyTo(call.Floats(0));
        call.Run();
        var joint = call.Output(_output).ToArray();
        UnitLength.Normalize(joint, _session.Name);
        return joint;
    }

    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }
}
