using FaceVoice.Datasets.Randomness;

namespace FaceVoice.Training.Speaker.Sampling;

/// <summary>
/// Speaker-balanced sampling: every epoch visits every class once, in a new order, and takes one of its recordings at random. What sample
/// <c>n</c> is depends on the seed and on <c>n</c> alone: the sampler's whole state is a counter. Not thread-safe.
/// </summary>
internal sealed class SpeakerSampler
{
    private readonly ulong _seed;
    private readonly int[] _order;
    private long _epoch = -1;

    public SpeakerSampler(int classes, ulong seed)
    {
        _seed = seed;
        _order = new int[classes];
    }

    /// <summary>The class of a sample.</summary>
    public int ClassAt(long sample)
    {
        var epoch = sample / _order.Length;
        if (epoch != _epoch)
        {
            for (var i = 0; i < _order.Length; i++)
            {
                _order[i] = i;
            }

            RandomSource.Derive(_seed, RandomPurpose.EpochOrder, (ulong)epoch).Shuffle<int>(_order);
            _epoch = epoch;
        }

        return _order[sample % _order.Length];
    }
}
