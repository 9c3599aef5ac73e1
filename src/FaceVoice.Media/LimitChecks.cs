using System.Globalization;

namespace FaceVoice.Media;

/// <summary>The comparisons with <see cref="MediaLimits"/>, each with the sentence that says what was found and what is allowed.</summary>
internal static class LimitChecks
{
    public static void Bytes(long found, long allowed)
    {
        if (found > allowed)
        {
            throw new MediaLimitException(Text($"The media has {found:N0} bytes; {allowed:N0} are allowed."));
        }
    }

    public static void Pixels(long width, long height, long allowed)
    {
        if (width < 1 || height < 1)
        {
            throw new CorruptMediaException(Text($"The image says it is {width}x{height} pixels."));
        }

        if (width > allowed / height)
        {
            throw new MediaLimitException(Text($"The image has {width}x{height} pixels; {allowed:N0} in all are allowed."));
        }
    }

    public static void Seconds(double found, double allowed)
    {
        if (found > allowed)
        {
            throw new MediaLimitException(Text($"The recording is {found:F1} s long; {allowed:F1} s are allowed."));
        }
    }

    public static void Sound(int sampleRate, int channels, MediaLimits limits)
    {
        if (channels < 1 || sampleRate < 1)
        {
            throw new CorruptMediaException(Text($"The sound says it has {channels} channels at {sampleRate} Hz."));
        }

        if (channels > limits.MaxChannels)
        {
            throw new MediaLimitException(Text($"The sound has {channels} channels; {limits.MaxChannels} are allowed."));
        }

        if (sampleRate < limits.MinSampleRate || sampleRate > limits.MaxSampleRate)
        {
            throw new MediaLimitException(
                Text($"The sound has {sampleRate} samples a second; {limits.MinSampleRate} to {limits.MaxSampleRate} are allowed."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
