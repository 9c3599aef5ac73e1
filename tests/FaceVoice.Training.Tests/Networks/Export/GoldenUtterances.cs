using System.Buffers.Binary;
using FaceVoice.Testing;

namespace FaceVoice.Training.Tests.Networks.Export;

/// <summary>The three reference recordings as samples in [-1, 1].</summary>
internal static class GoldenUtterances
{
    private const int WaveHeader = 44;

    public static float[] Read(string name)
    {
        var bytes = File.ReadAllBytes(ReferenceData.Golden("audio", $"utt_{name}.wav")).AsSpan(WaveHeader);
        var samples = new float[bytes.Length / 2];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) / 32768f;
        }

        return samples;
    }
}
