using FaceVoice.Models;
using FaceVoice.Testing;
using FaceVoice.Training.Networks;
using Xunit;

namespace FaceVoice.Training.Tests.Networks;

/// <summary>Reference arrays and recordings as tensors, and comparison with them.</summary>
internal static class GoldenTensors
{
    public static Tensor Npy(params string[] parts) => NpyFile.Read(ReferenceData.Golden(parts)).ToTensor();

    public static Dictionary<string, Tensor> Npz(params string[] parts) =>
        NpzFile.Read(ReferenceData.Golden(parts)).ToDictionary(item => item.Key, item => item.Value.ToTensor());

    /// <summary>A golden recording as [1, samples]: 16-bit mono behind a 44-byte header.</summary>
    public static Tensor Audio(string name)
    {
        byte[] bytes = File.ReadAllBytes(ReferenceData.Golden("audio", $"{name}.wav"));
        float[] samples = new float[(bytes.Length - 44) / 2];
        for (int n = 0; n < samples.Length; n++)
        {
            samples[n] = BitConverter.ToInt16(bytes, 44 + 2 * n) / 32768f;
        }

        return tensor(samples, [1, samples.Length]);
    }

    /// <summary>Asserts the largest absolute difference; NaN fails.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        double difference = (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().ToDouble();
        Assert.True(difference <= tolerance, $"largest difference {difference:E2}, allowed {tolerance:E1}");
    }
}
