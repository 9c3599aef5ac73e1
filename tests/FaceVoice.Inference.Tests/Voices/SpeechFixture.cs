using System.Collections.Concurrent;
using FaceVoice.Inference.Voices;
using FaceVoice.Media;
using FaceVoice.Testing;

namespace FaceVoice.Inference.Tests.Voices;

/// <summary>The activity network, loaded once, and real recordings, decoded once.</summary>
public sealed class SpeechFixture : IDisposable
{
    private readonly AudioDecoder _decoder = new(new MediaLimits());
    private readonly ConcurrentDictionary<string, Task<AudioClip>> _clips = new();

    public VoiceActivityDetector Detector { get; } = new();

    /// <summary>Some test recordings of different speakers; skips the running test where they are absent.</summary>
    public async Task<IReadOnlyList<AudioClip>> RecordingsAsync(int count)
    {
        var folders = Directory.GetDirectories(ReferenceData.Media("speech", "test")).Order(StringComparer.Ordinal).ToArray();
        var files = folders.Where((_, i) => i % Math.Max(1, folders.Length / count) == 0).Take(count).Select(
            folder => Directory.GetFiles(folder).Order(StringComparer.Ordinal).First());
        var clips = new List<AudioClip>();
        foreach (var file in files)
        {
            clips.Add(await _clips.GetOrAdd(file, path => _decoder.DecodeFileAsync(path)));
        }

        return clips;
    }

    public void Dispose() => Detector.Dispose();
}
