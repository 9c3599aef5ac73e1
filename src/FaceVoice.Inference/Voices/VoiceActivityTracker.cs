using FaceVoice.Inference.Voices.Activity;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Inference.Voices;

/// <summary>
/// Follows live sound that arrives in pieces of any size: the probabilities are those of the whole sound at once. Used by one thread at a
/// time.
/// </summary>
public sealed class VoiceActivityTracker : IDisposable
{
    private readonly ActivityNetwork _network;
    private readonly OnnxCall _call;
    private readonly float[] _context = new float[ActivityNetwork.ContextLength];
    private readonly float[] _state = new float[ActivityNetwork.StateLength];
    private readonly float[] _pending = new float[VoiceActivity.FrameLength];
    private int _pendingCount;

    internal VoiceActivityTracker(ActivityNetwork network)
    {
        _network = network;
        _call = network.Rent();
    }

    /// <summary>
    /// Takes the next samples and tells the probability of every frame of <see cref="VoiceActivity.FrameLength"/> samples that is now
    /// complete.
    /// </summary>
    /// <param name="samples">Mono, 16 kHz, any number.</param>
    /// <param name="probabilities">Receives one value per completed frame, appended in order.</param>
    public void Push(ReadOnlySpan<float> samples, ICollection<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        while (_pendingCount + samples.Length >= VoiceActivity.FrameLength)
        {
            if (_pendingCount == 0)
            {
                probabilities.Add(_network.Step(_call, samples[..VoiceActivity.FrameLength], _context, _state));
                samples = samples[VoiceActivity.FrameLength..];
            }
            else
            {
                var taken = VoiceActivity.FrameLength - _pendingCount;
                samples[..taken].CopyTo(_pending.AsSpan(_pendingCount));
                samples = samples[taken..];
                _pendingCount = 0;
                probabilities.Add(_network.Step(_call, _pending, _context, _state));
            }
        }

        samples.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += samples.Length;
    }

    /// <summary>Ends the sound: the last, incomplete frame is filled up with silence and told.</summary>
    /// <param name="probabilities">Receives at most one value.</param>
    public void Complete(ICollection<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (_pendingCount > 0)
        {
            _pending.AsSpan(_pendingCount).Clear();
            _pendingCount = 0;
            probabilities.Add(_network.Step(_call, _pending, _context, _state));
        }
    }

    /// <summary>Gives the network's buffers back.</summary>
    public void Dispose() => _call.Dispose();
}
