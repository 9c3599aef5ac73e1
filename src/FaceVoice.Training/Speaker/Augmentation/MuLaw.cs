namespace FaceVoice.Training.Speaker.Augmentation;

/// <summary>G.711 mu-law: the quantisation of a telephone line, 8 bits a sample. Thread-safe.</summary>
internal static class MuLaw
{
    private const int Levels = 1 << 12;
    private static readonly float[] _table = MakeTable();

    /// <summary>Rounds each sample to the nearest that 8-bit mu-law can carry.</summary>
    public static void Apply(Span<float> sound)
    {
        foreach (ref var sample in sound)
        {
            sample = _table[(int)((Math.Clamp(sample, -1f, 1f) * (Levels - 1)) + Levels)];
        }
    }

    private static float[] MakeTable()
    {
        var table = new float[2 * Levels];
        for (var i = 0; i < table.Length; i++)
        {
            var x = (i + 0.5 - Levels) / Levels;
            var compressed = Math.Sign(x) * Math.Log(1 + (255 * Math.Abs(x))) / Math.Log(256);
            var rounded = Math.Round(compressed * 127) / 127;
            table[i] = (float)(Math.Sign(rounded) * (Math.Pow(256, Math.Abs(rounded)) - 1) / 255);
        }

        return table;
    }
}
