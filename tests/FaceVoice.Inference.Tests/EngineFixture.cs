using FaceVoice.Models;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests;

/// <summary>One engine over a small bundle for all tests, and real media as bytes.</summary>
public sealed class EngineFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("facevoice-engine-");

    public EngineFixture()
    {
        Bundle = TinyBundle.Write(_folder.FullName);
        Engine = FaceVoiceEngine.Open(Bundle);
    }

    public ModelBundle Bundle { get; }

    public FaceVoiceEngine Engine { get; }

    public static byte[] Portrait(int index) =>
        File.ReadAllBytes(Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).ElementAt(index));

    public static byte[] Recording(int index) =>
        File.ReadAllBytes(Directory.GetDirectories(ReferenceData.Media("speech", "test")).Order(StringComparer.Ordinal)
            .Select(folder => Directory.GetFiles(folder).Order(StringComparer.Ordinal).First()).ElementAt(2 * index));

    public void Dispose()
    {
        Engine.Dispose();
        _folder.Delete(recursive: true);
    }
}
