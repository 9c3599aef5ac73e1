using FaceVoice.Models.Sessions;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>Runs a speaker encoder on rows of different lengths.</summary>
internal static class SpeakerSessions
{
    /// <summary>One embedding for each row. What lies behind a row's end is filled with <paramref name="padding"/>.</summary>
    public static float[][] Embed(OnnxSession session, IReadOnlyList<float[]> rows, float padding = 0, int extraSamples = 0)
    {
        var samples = rows.Max(row => row.Length) + extraSamples;
        var waveform = new float[rows.Count * samples];
        Array.Fill(waveform, padding);
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(waveform, i * samples);
        }

        using var result = session.Run(
            new OnnxInput("waveform", waveform, rows.Count, samples),
            new OnnxInput("lengths", rows.Select(row => (long)row.Length).ToArray(), rows.Count));
        var values = result.Floats(0).ToArray();
        return [.. values.Chunk(values.Length / rows.Count)];
    }

    public static float LargestDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Assert.Equal(a.Length, b.Length);
        var largest = 0f;
        for (var i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        }

        return largest;
    }
}
