using FaceVoice.Training.Imaging;

namespace FaceVoice.Training.Statistics;

/// <summary>Draws faces (squares) and voices (dots) of a joint space onto its principal plane, coloured by gender.</summary>
internal static class EmbeddingMap
{
    private const int Side = 480;
    private static readonly int[] FaceColors = [0xC0392B, 0x1F4E9E, 0x555555];
    private static readonly int[] VoiceColors = [0xF0A58F, 0x86B6F0, 0xAAAAAA];

    public static Raster Draw(float[] faces, float[] voices, ReadOnlySpan<int> genders, int dimension)
    {
        var raster = new Raster(Side, Side);
        float[] all = [.. faces, .. voices];
        var plane = PrincipalPlane.Project(all, dimension);
        var reach = 1e-9f;
        foreach (var value in plane)
        {
            reach = MathF.Max(reach, MathF.Abs(value));
        }

        var n = genders.Length;
        for (var i = 0; i < 2 * n; i++)
        {
            var x = (int)(Side * (0.5f + (0.48f * plane[2 * i] / reach)));
            var y = (int)(Side * (0.5f - (0.48f * plane[(2 * i) + 1] / reach)));
            var gender = Math.Min(genders[i % n], 2);
            raster.Fill(x - 1, y - 1, i < n ? 4 : 3, i < n ? 4 : 3, i < n ? FaceColors[gender] : VoiceColors[gender]);
        }

        return raster;
    }
}
