using System.Numerics;

namespace FaceVoice.Datasets.Randomness;

/// <summary>
/// Reproducible random numbers, the same on every machine and runtime: xoshiro256** seeded through SplitMix64
/// (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). Not thread-safe: one stream a thread.
/// </summary>
/// <remarks>
/// Streams for different purposes come from <see cref="Derive"/>: what epoch 7 draws then depends on the seed and on 7, not on what was
/// drawn before, which is what makes a resumed run equal the unbroken one.
/// </remarks>
public sealed class RandomSource
{
    private readonly ulong[] _state = new ulong[4];
    private double? _spareNormal;

    /// <summary>Starts a stream.</summary>
    /// <param name="seed">Any number.</param>
    public RandomSource(ulong seed)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            seed += 0x9E3779B97F4A7C15UL;
            _state[i] = Mix(seed);
        }
    }

    /// <summary>Starts the stream of one purpose and one moment of a run.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="path">Numbers that name the purpose, for example (purpose, epoch).</param>
    public static RandomSource Derive(ulong seed, params ReadOnlySpan<ulong> path)
    {
        foreach (var part in path)
        {
            seed = Mix(seed ^ Mix(part + 0x9E3779B97F4A7C15UL));
        }

        return new(seed);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var t = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= t;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return result;
    }

    /// <summary>A number from [0, 1), 53 bits fine.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to <paramref name="limit"/> - 1, unbiased to within 2^-32.</summary>
    /// <param name="limit">At least 1.</param>
    public int NextInt(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (int)(((NextBits() >> 32) * (ulong)limit) >> 32);
    }

    /// <summary>A number of the standard normal distribution (Box and Muller).</summary>
    public double NextNormal()
    {
        if (_spareNormal is { } spare)
        {
            _spareNormal = null;
            return spare;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        var angle = 2 * Math.PI * NextDouble();
        _spareNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    /// <param name="items">What to shuffle.</param>
    /// <typeparam name="T">Any type.</typeparam>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
