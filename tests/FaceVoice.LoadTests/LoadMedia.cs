using FaceVoice.Media;
using FaceVoice.Testing;
using Google.Protobuf;

namespace FaceVoice.LoadTests;

/// <summary>Real portraits, and clips of 3 s cut from real recordings, in memory.</summary>
internal sealed record LoadMedia(IReadOnlyList<ByteString> Faces, IReadOnlyList<ByteString> Voices)
{
    private const int ClipSamples = 3 * AudioClip.SampleRate;

    public static async Task<LoadMedia> ReadAsync(int faces, int voices)
    {
        var portraits = Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).Take(faces);
        var decoder = new AudioDecoder(new MediaLimits());
        var clips = new List<ByteString>();
        foreach (var file in Directory.GetFiles(ReferenceData.Media("speech", "test"), "*.opus", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (clips.Count < voices && (await decoder.DecodeFileAsync(file)).Samples is { Length: >= ClipSamples } samples)
            {
                clips.Add(UnsafeByteOperations.UnsafeWrap(WavWriter.Encode(samples.Span[^ClipSamples..])));
            }
        }

        return new LoadMedia([.. portraits.Select(path => UnsafeByteOperations.UnsafeWrap(File.ReadAllBytes(path)))], clips);
    }
}
