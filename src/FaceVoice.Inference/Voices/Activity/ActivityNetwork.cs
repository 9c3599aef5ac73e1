using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices.Activity;

/// <summary>
/// The Silero network: each step takes the last 64 samples of the frame before and 512 new ones, and a state that it hands on. Without the 64
/// samples it does not fail, it only answers worse. Thread-safe.
/// </summary>
internal sealed class ActivityNetwork : IDisposable
{
    public const int ContextLength = 64;
    public const int StateLength = 2 * 128;

    private const int InputLength = ContextLength + VoiceActivity.FrameLength;

    private readonly OnnxSession _session;
    private readonly OnnxCallPool _calls;
    private readonly int _input;
    private readonly int _state;
    private readonly int _rate;
    private readonly int _probability;
    private readonly int _nextState;

    public ActivityNetwork(string path)
    {
        _session = OnnxSession.Load(path);
        _input = InputIndex(_session.RequireInput("input", TensorElement.Real32, -1, -1));
        _state = InputIndex(_session.RequireInput("state", TensorElement.Real32, 2, -1, 128));
        _rate = InputIndex(_session.RequireInput("sr", TensorElement.Integer64));
        _probability = OutputIndex(_session.RequireOutput("output", TensorElement.Real32, -1, 1));
        _nextState = OutputIndex(_session.RequireOutput("stateN", TensorElement.Real32, -1, -1, -1));
        _calls = new OnnxCallPool(
            _session,
            Shapes(3, (_input, [1, InputLength]), (_state, [2, 1, 128]), (_rate, [])),
            Shapes(2, (_probability, [1, 1]), (_nextState, [2, 1, 128])));
    }

    /// <summary>The buffers of one stream's steps; disposed by the caller.</summary>
    public OnnxCall Rent()
    {
        var call = _calls.Rent();
        call.Integers(_rate)[0] = Media.AudioClip.SampleRate;
        return call;
    }

    /// <summary>One step; <paramref name="context"/> and <paramref name="state"/> are read and replaced.</summary>
    public float Step(OnnxCall call, ReadOnlySpan<float> frame, Span<float> context, Span<float> state)
    {
        var input = call.Floats(_input);
        context.CopyTo(input);
        frame.CopyTo(input[ContextLength..]);
        state.CopyTo(call.Floats(_state));
        call.Run();
        call.Output(_nextState).CopyTo(state);
        frame[^ContextLength..].CopyTo(context);
        var probability = call.Output(_probability)[0];
        return float.IsFinite(probability) ? probability : throw new NonFiniteOutputException(_session.Name);
    }

    public void Dispose()
    {
        _calls.Dispose();
        _session.Dispose();
    }

    private static long[][] Shapes(int count, params ReadOnlySpan<(int Index, long[] Shape)> shapes)
    {
        var ordered = new long[count][];
        foreach (var (index, shape) in shapes)
        {
            ordered[index] = shape;
        }

        return ordered;
    }

    private int InputIndex(TensorSpec input) => _session.Inputs.ToList().IndexOf(input);

    private int OutputIndex(TensorSpec output) => _session.Outputs.ToList().IndexOf(output);
}
