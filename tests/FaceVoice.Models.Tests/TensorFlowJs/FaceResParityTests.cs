using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json;
using FaceVoice.Models.Sessions;
using FaceVoice.Models.TensorFlowJs;
using FaceVoice.Testing;

namespace FaceVoice.Models.Tests.TensorFlowJs;

/// <summary>The age, gender and identity network, converted, against what TensorFlow.js answers (<c>Golden/make.mjs</c>).</summary>
public sealed class FaceResParityTests(ITestOutputHelper output)
{
    private const int DescriptorEvery = 4;
    private static readonly string Golden = RepositoryPaths.Of("tests", "FaceVoice.Models.Tests", "TensorFlowJs", "Golden");

    [Fact]
    public void ToOnnx_DrawnFaces_AnswersAsTensorFlowJs() =>
        Compare([.. Cases().Where(item => item.Drawn is not null).Select(item => (item, DrawnFaces.Draw(item.Drawn!.Value)))]);

    [Fact]
    public void ToOnnx_PhotographedFaces_AnswersAsTensorFlowJs()
    {
        var faces = Cases().Where(item => item.Photo is not null).ToList();
        var photos = RepositoryPaths.Of("third_party", "test-photos", "face-api");
        Assert.SkipUnless(Directory.Exists(photos), "needs the sample photos of npm @vladmandic/face-api: tools/test-photos fetches them");
        Compare([.. faces.Select(item => (item, Cut(photos, item)))]);
    }

    [Fact]
    public void ToOnnx_TheSameModelTwice_GivesTheSameBytes()
    {
        var model = TensorFlowJsModel.Read(ModelPath());
        Assert.Equal(model.ToOnnx(), TensorFlowJsModel.Read(ModelPath()).ToOnnx());
        Assert.Equal("1028a60eeb7af9949dcf2123a1dd2335f72a3f97365c002c1b2bbc9c03123422", model.Sha256);
        Assert.Contains("HSE_FaceRec_tf", model.GeneratedBy);
    }

    private static string ModelPath()
    {
        var path = RepositoryPaths.Of("third_party", "human", "models", "faceres.json");
        Assert.SkipUnless(File.Exists(path), "needs npm @vladmandic/human: tools/setup fetches it");
        return path;
    }

    private void Compare(IReadOnlyList<(GoldenFace Face, byte[] Pixels)> faces)
    {
        var golden = NpyFile.Read(Path.Combine(Golden, "faces.npy"));
        using var session = OnnxSession.Load(TensorFlowJsModel.Read(ModelPath()).ToOnnx());
        string[] names = ["gender_pred/Sigmoid", "global_pooling/Mean", "age_pred/Softmax"];
        var order = names.Select(name => session.Outputs.ToList().FindIndex(spec => spec.Name == name)).ToArray();
        var (planes, worst) = (new float[3 * DrawnFaces.Side * DrawnFaces.Side], new float[3]);
        foreach (var (face, pixels) in faces)
        {
            Assert.True(face.Sha256 == ContentHash.OfBytes(pixels), $"{face.Name}: these are not the pixels that TensorFlow.js was given.");
            for (var i = 0; i < pixels.Length; i++)
            {
                planes[(i % 3 * DrawnFaces.Side * DrawnFaces.Side) + (i / 3)] = pixels[i];
            }

            using var result = session.Run(new OnnxInput("input_1", planes, 1, 3, DrawnFaces.Side, DrawnFaces.Side));
            var expected = golden.Floats.Span.Slice(face.Row * 357, 357);
            var descriptor = result.Floats(order[1]).ToArray().Where((_, i) => i % DescriptorEvery == 0).ToArray();
            worst[0] = MathF.Max(worst[0], Difference(descriptor, expected[..256]));
            worst[1] = MathF.Max(worst[1], Difference(result.Floats(order[0]), expected.Slice(256, 1)));
            worst[2] = MathF.Max(worst[2], Difference(result.Floats(order[2]), expected[257..]));
        }

        output.WriteLine($"{faces.Count} faces, largest differences: descriptor {worst[0]:E1}, gender {worst[1]:E1}, age {worst[2]:E1}");
        Assert.InRange(faces.Count, 20, 100);
        Assert.InRange(worst[0], 0, 1e-4f);
        Assert.InRange(worst[1], 0, 1e-3f);
        Assert.InRange(worst[2], 0, 1e-3f);
    }

    private static float Difference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        var differences = new float[expected.Length];
        TensorPrimitives.Subtract(actual, expected, differences);
        return TensorPrimitives.MaxMagnitude<float>(differences) is var largest ? MathF.Abs(largest) : 0;
    }

    private static IReadOnlyList<GoldenFace> Cases()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Golden, "faces.json")));
        return [.. document.RootElement.EnumerateArray().Select((item, row) => new GoldenFace(
            row,
            item.GetProperty("name").GetString()!,
            item.GetProperty("sha256").GetString()!,
            item.TryGetProperty("drawn", out var drawn) ? drawn.GetInt32() : null,
            item.TryGetProperty("photo", out var photo) ? photo.GetString() : null,
            item.TryGetProperty("centre", out var centre) ? (centre[0].GetInt32(), centre[1].GetInt32()) : default))];
    }

    /// <summary>A square about a face, by ffmpeg and in whole numbers (bitexact), as <c>make.mjs</c> cuts it.</summary>
    private static byte[] Cut(string photos, GoldenFace face)
    {
        var left = Math.Max(0, face.Centre.X - (DrawnFaces.Side / 2));
        var top = Math.Max(0, face.Centre.Y - (DrawnFaces.Side / 2));
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-v", "error", "-nostdin", "-flags", "bitexact", "-i", Path.Combine(photos, face.Photo + ".jpg"),
                "-sws_flags", "bitexact+accurate_rnd+full_chroma_int",
                "-vf", $"crop={DrawnFaces.Side}:{DrawnFaces.Side}:{left}:{top},format=rgb24", "-f", "rawvideo", "-",
            },
        })!;
        using var pixels = new MemoryStream();
        ffmpeg.StandardOutput.BaseStream.CopyTo(pixels);
        ffmpeg.WaitForExit();
        Assert.Equal(0, ffmpeg.ExitCode);
        return pixels.ToArray();
    }

    private sealed record GoldenFace(int Row, string Name, string Sha256, int? Drawn, string? Photo, (int X, int Y) Centre);
}
