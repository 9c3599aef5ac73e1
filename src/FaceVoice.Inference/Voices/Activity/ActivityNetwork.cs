using System.Numerics.Tensors;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices.Activity;

/// <summary>Silero VAD over many windows a run: some 3 s of audio at once. Thread-safe; allocates nothing for windows or runs.</summary>
internal sealed class ActivityNetwork : IDisposable
{
    /// <summary>The samples of the frame before that a window begins with. Without them the network does not fail, it only answers worse.</summary>
    public const int ContextLength = 64;

    /// <summary>What the LSTM hands on.</summary>
    public const int StateLength = 2 * SileroGraph.Hidden;

    private const int WindowLength = ContextLength + VoiceActivity.FrameLength;
    private const int Hop = SileroGraph.FrameLength / 2;

    /// <summary>The windows of a run: one for live audio, 96 for 3 s; fewer windows are filled up to the next size.</summary>
    private static readonly int[] Sizes = [1, 8, 32, 96];

    private readonly OnnxSession _session;
    private readonly OnnxCallPool[] _calls;

    public ActivityNetwork(string path)
    {
        _session = OnnxSession.Load(SileroGraph.Build(path), new OnnxSessionOptions { Name = Path.GetFileNameWithoutExtension(path) });
        _calls = Array.ConvertAll(Sizes, size => new OnnxCallPool(
            _session,
            [[size * SileroGraph.FramesPerWindow, SileroGraph.FrameLength], [1], [2, 1, SileroGraph.Hidden]],
            [[size, 1], [2, 1, SileroGraph.Hidden]]));
    }

    /// <summary>The speech probability of each frame of <see cref="VoiceActivity.FrameLength"/> samples, the last one filled up with silence.</summary>
    /// <param name="samples">What follows on what was given before.</param>
    /// <param name="context">The last samples of before, which are replaced; <see cref="ContextLength"/>.</param>
    /// <param name="state">The network's state, which is replaced; <see cref="StateLength"/>.</param>
    /// <param name="probabilities">Receives one value a frame.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    /// <exception cref="NonFiniteOutputException">The samples hold values that are not finite.</exception>
    public void Run(ReadOnlySpan<float> samples, Span<float> context, Span<float> state, Span<float> probabilities, CancellationToken cancellationToken = default)
    {
        // The network's activations clamp, so that what is not a number would come out as an ordinary probability.
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes(samples)))
        {
            throw new NonFiniteOutputException(_session.Name);
        }

        while (!probabilities.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(probabilities.Length, Sizes[^1]);
            using var call = CallsFor(count).Rent();
            var frames = call.Floats(0);
            for (var window = 0; window < count; window++)
            {
                var taken = samples[..Math.Min(samples.Length, VoiceActivity.FrameLength)];
                samples = samples[taken.Length..];
                WriteFrames(context, taken, frames.Slice(window * SileroGraph.FramesPerWindow * SileroGraph.FrameLength));
            }

            call.Integers(1)[0] = count;
            state.CopyTo(call.Floats(2));
            call.Run();
            call.Output(1).CopyTo(state);
            call.Output(0)[..count].CopyTo(probabilities);
            probabilities = probabilities[count..];
        }
    }

    public void Dispose()
    {
        Array.ForEach(_calls, pool => pool.Dispose());
        _session.Dispose();
    }

    private OnnxCallPool CallsFor(int windows)
    {
        var size = 0;
        while (Sizes[size] < windows)
        {
            size++;
        }

        return _calls[size];
    }

    /// <summary>Writes the four overlapping frames of one window, mirrored at its end, and keeps its last samples as context.</summary>
    private static void WriteFrames(Span<float> context, ReadOnlySpan<float> samples, Span<float> frames)
    {
        Span<float> window = stackalloc float[WindowLength + ContextLength];
        context.CopyTo(window);
        samples.CopyTo(window[ContextLength..]);
        window[(ContextLength + samples.Length)..WindowLength].Clear();
        for (var i = 0; i < ContextLength; i++)
        {
            window[WindowLength + i] = window[WindowLength - 2 - i];
        }

        for (var frame = 0; frame < SileroGraph.FramesPerWindow; frame++)
        {
            window.Slice(frame * Hop, SileroGraph.FrameLength).CopyTo(frames[(frame * SileroGraph.FrameLength)..]);
        }

        window.Slice(WindowLength - ContextLength, ContextLength).CopyTo(context);
    }
}
