namespace FaceVoice.Media.Audio;

/// <summary>
/// Makes one channel of many: their average, as long as that keeps what the channels hold; else the channel that is most like speech. Decides
/// anew for each stretch it is given, some seconds long. Not thread-safe; one per stream.
/// </summary>
/// <remarks>
/// Averaging fails in three ways: channels that cancel (one of them inverted), channels that hold different things (a speaker on each), and noise
/// on one that covers speech on another. The first two show in second moments: the power of the average against the power it would have if
/// the channels had nothing in common, and its correlation with the loudest channel; the third in the span between loud and quiet moments.
/// </remarks>
internal sealed class ChannelMixer(int channels)
{
    private const int MostFramesExamined = 50_000;
    private const double Silence = 1e-10; // power: -100 dB
    private const double CancellingShare = 0.25; // of the power that unrelated channels would leave
    private const double LeastCorrelation = 0.9; // below that another channel is within about 6 dB of the loudest
    private const double SameCorrelation = 0.999; // from here on no channel can hold anything else
    private const double CoveredDecibels = 10; // of span that the average has lost
    private const double KeepWithinDecibels = 6;
    private const double LoudFrames = 0.9; // quantile
    private const double QuietFrames = 0.1;
    private const double FloorDecibels = -100;
    private const double LeastSpan = 15; // of speech, in decibels
    private const double AudibleDecibels = 20; // below the chosen channel
    private const double SameUpsAndDowns = 0.5; // correlation of the levels of two microphones that hear the same
    private const int EnergyFrames = 960; // 20 ms at 48 kHz

    /// <summary>Gets the channel that the last stretch was taken from, from 1; null if it was the average.</summary>
    public int? Channel { get; private set; }

    /// <summary>Gets another channel that had speech of somebody else in the last stretch, from 1; null if there was none.</summary>
    public int? OtherVoice { get; private set; }

    /// <summary>Mixes a stretch.</summary>
    /// <param name="interleaved">Whole frames.</param>
    /// <param name="mono">Receives one sample a frame.</param>
    public void Mix(ReadOnlySpan<float> interleaved, Span<float> mono)
    {
        var frames = interleaved.Length / channels;
        Average(interleaved, mono);
        OtherVoice = null;
        if (channels == 1 || IsSilent(interleaved, mono[..frames], out var correlation))
        {
            return;
        }

        Channel = correlation >= SameCorrelation ? null : Choose(interleaved, mono[..frames], correlation);
        if (Channel is { } chosen)
        {
            OtherVoice = FindOtherVoice(interleaved, frames, chosen - 1);
            for (var frame = 0; frame < frames; frame++)
            {
                mono[frame] = interleaved[(frame * channels) + chosen - 1];
            }
        }
    }

    private void Average(ReadOnlySpan<float> interleaved, Span<float> mono)
    {
        if (channels == 1)
        {
            interleaved.CopyTo(mono);
            return;
        }

        var scale = 1f / channels;
        for (int i = 0, frame = 0; i + channels <= interleaved.Length; frame++)
        {
            var sum = 0f;
            for (var channel = 0; channel < channels; channel++)
            {
                sum += interleaved[i++];
            }

            mono[frame] = sum * scale;
        }
    }

    /// <summary>
    /// Whether nothing is to be heard at all; if something is, how the average correlates with the loudest channel, 0 if it cancels.
    /// </summary>
    private bool IsSilent(ReadOnlySpan<float> interleaved, ReadOnlySpan<float> average, out double correlation)
    {
        var stride = Math.Max(1, average.Length / MostFramesExamined);
        var count = (average.Length + stride - 1) / stride;
        var (mix, mixSquares) = (0.0, 0.0);
        for (var frame = 0; frame < average.Length; frame += stride)
        {
            mix += average[frame];
            mixSquares += (double)average[frame] * average[frame];
        }

        var mixPower = (mixSquares / count) - (mix / count * (mix / count));
        var (total, loudest, shared) = (0.0, 0.0, 0.0);
        for (var channel = 0; channel < channels; channel++)
        {
            var (sum, squares, products) = (0.0, 0.0, 0.0);
            for (var frame = 0; frame < average.Length; frame += stride)
            {
                double sample = interleaved[(frame * channels) + channel];
                sum += sample;
                squares += sample * sample;
                products += sample * average[frame];
            }

            var power = (squares / count) - (sum / count * (sum / count));
            total += power;
            if (power > loudest)
            {
                (loudest, shared) = (power, (products / count) - (sum / count * (mix / count)));
            }
        }

        var cancels = mixPower < CancellingShare * total / (channels * channels);
        correlation = cancels ? 0 : shared / Math.Sqrt(Math.Max(mixPower * loudest, double.Epsilon));
        return loudest < Silence;
    }

    /// <summary>
    /// Speech comes and goes: the channel with the largest span between loud and quiet moments, loud ones counting for more. Null if the average
    /// serves as well.
    /// </summary>
    private int? Choose(ReadOnlySpan<float> interleaved, ReadOnlySpan<float> average, double correlation)
    {
        var (best, bestScore, bestSpan) = (0, double.NegativeInfinity, 0.0);
        for (var channel = 0; channel < channels; channel++)
        {
            var (span, loud) = Dynamics(interleaved[channel..], channels, average.Length);
            var score = span + loud + (channel + 1 == Channel ? KeepWithinDecibels : 0);
            if (score > bestScore)
            {
                (best, bestScore, bestSpan) = (channel, score, span);
            }
        }

        return correlation < LeastCorrelation || bestSpan >= Dynamics(average, 1, average.Length).Span + CoveredDecibels ? best + 1 : null;
    }

    /// <summary>
    /// A channel that comes and goes as speech does, at other moments than the chosen one. Levels are compared, not samples: two
    /// microphones that hear
    /// one person have the same levels however far they are apart, and so have inverted channels.
    /// </summary>
    private int? FindOtherVoice(ReadOnlySpan<float> interleaved, int frames, int chosen)
    {
        var levels = Levels(interleaved[chosen..], channels, frames);
        var (_, loud) = Dynamics((double[])levels.Clone());
        for (var channel = 0; channel < channels; channel++)
        {
            var others = Levels(interleaved[channel..], channels, frames);
            var correlation = Correlation(levels, others);
            var (span, otherLoud) = Dynamics(others);
            if (channel != chosen && span >= LeastSpan && otherLoud >= loud - AudibleDecibels && correlation < SameUpsAndDowns)
            {
                return channel + 1;
            }
        }

        return null;
    }

    private static double Correlation(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var (shared, powerA, powerB) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            shared += (a[i] - meanA) * (b[i] - meanB);
            powerA += (a[i] - meanA) * (a[i] - meanA);
            powerB += (b[i] - meanB) * (b[i] - meanB);
        }

        return shared / Math.Sqrt(Math.Max(powerA * powerB, double.Epsilon));
    }

    private static (double Span, double Loud) Dynamics(ReadOnlySpan<float> samples, int stride, int frames) => Dynamics(Levels(samples, stride, frames));

    /// <summary>The levels of short pieces, in decibels.</summary>
    private static double[] Levels(ReadOnlySpan<float> samples, int stride, int frames)
    {
        var length = Math.Min(EnergyFrames, frames);
        var energies = new double[frames / length];
        for (var i = 0; i < energies.Length; i++)
        {
            var sum = 0.0;
            for (var frame = i * length; frame < (i + 1) * length; frame++)
            {
                double sample = samples[frame * stride];
                sum += sample * sample;
            }

            energies[i] = Math.Max(FloorDecibels, 10 * Math.Log10((sum / length) + 1e-30));
        }

        return energies;
    }

    /// <summary>The span from quiet to loud moments, capped, and the level of loud ones, both in decibels. Sorts what it is given.</summary>
    private static (double Span, double Loud) Dynamics(double[] energies)
    {
        Array.Sort(energies);
        var loud = energies[(int)(LoudFrames * (energies.Length - 1))];
        var quiet = energies[(int)(QuietFrames * (energies.Length - 1))];
        return (Math.Min(loud - quiet, -FloorDecibels / 2), loud);
    }
}
