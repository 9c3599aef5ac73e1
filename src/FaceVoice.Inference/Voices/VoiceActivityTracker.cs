using System.Buffers;
using FaceVoice.Inference.Voices.Activity;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>
/// Follows live audio that arrives in pieces of any size: the probabilities are those of the whole audio at once, to about 1e-5. Used by one thread at a
/// time. A piece costs one run of the network for each 3 s that it completes.
/// </summary>
public sealed class VoiceActivityTracker
{
    private readonly ActivityNetwork _network;
    private readonly float[] _context = new float[ActivityNetwork.ContextLength];
    private readonly float[] _state = new float[ActivityNetwork.StateLength];
    private readonly float[] _pending = new float[VoiceActivity.FrameLength];
    private int _pendingCount;

    internal VoiceActivityTracker(ActivityNetwork network) => _network = network;

    /// <summary>Takes the next samples and tells the probability of every frame of <see cref="VoiceActivity.FrameLength"/> samples that is now complete.</summary>
    /// <param name="samples">Mono, 16 kHz, any number.</param>
    /// <param name="probabilities">Receives one value per completed frame, appended in order.</param>
    /// <exception cref="NonFiniteOutputException">The samples hold values that are not finite.</exception>
    public void Push(ReadOnlySpan<float> samples, ICollection<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (_pendingCount > 0)
        {
            var taken = Math.Min(samples.Length, VoiceActivity.FrameLength - _pendingCount);
            samples[..taken].CopyTo(_pending.AsSpan(_pendingCount));
            samples = samples[taken..];
            _pendingCount += taken;
            if (_pendingCount < VoiceActivity.FrameLength)
            {
                return;
            }

            _pendingCount = 0;
            Run(_pending, probabilities);
        }

        var complete = samples.Length / VoiceActivity.FrameLength * VoiceActivity.FrameLength;
        Run(samples[..complete], probabilities);
        samples[complete..].CopyTo(_pending);
        _pendingCount = samples.Length - complete;
    }

    /// <summary>Ends the audio: the last, incomplete frame is filled up with silence and told.</summary>
    /// <param name="probabilities">Receives at most one value.</param>
    /// <exception cref="NonFiniteOutputException">The samples hold values that are not finite.</exception>
    public void Complete(ICollection<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        Run(_pending.AsSpan(0, _pendingCount), probabilities);
        _pendingCount = 0;
    }

    private void Run(ReadOnlySpan<float> samples, ICollection<float> probabilities)
    {
        var count = (samples.Length + VoiceActivity.FrameLength - 1) / VoiceActivity.FrameLength;
        var told = ArrayPool<float>.Shared.Rent(count);
        try
        {
            _network.Run(samples, _context, _state, told.AsSpan(0, count));
            foreach (var probability in told.AsSpan(0, count))
            {
                probabilities.Add(probability);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(told);
        }
    }
}
