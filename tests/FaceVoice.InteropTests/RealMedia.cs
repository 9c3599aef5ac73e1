using FaceVoice.Media;
using FaceVoice.Protocol.V1;
using FaceVoice.Testing;
using Google.Protobuf;

namespace FaceVoice.InteropTests;

/// <summary>Portraits and recordings of real people, in a fixed order; a test that needs them is skipped where they are absent.</summary>
internal static class RealMedia
{
    private static readonly AudioDecoder Decoder = new(new MediaLimits());

    public static string Portrait(int index) => Directory.GetFiles(ReferenceData.Media("faces"), "*.jpg").Order(StringComparer.Ordinal).ElementAt(index);

    /// <summary>A recording of one of the 25 speakers of the test list, of about four seconds.</summary>
    public static string Recording(int speaker, int take = 0)
    {
        const int fourSecondsOfOpus = 12_000;
        var folder = new DirectoryInfo(Directory.GetDirectories(ReferenceData.Media("speech", "test")).Order(StringComparer.Ordinal).ElementAt(speaker));
        return folder.GetFiles().OrderBy(file => Math.Abs(file.Length - fourSecondsOfOpus)).ThenBy(file => file.Name, StringComparer.Ordinal).ElementAt(take).FullName;
    }

    /// <summary>A video with a talking head.</summary>
    public static string Video() => Directory.GetFiles(ReferenceData.Media("clips"), "*.mpg").Order(StringComparer.Ordinal).First();

    public static FaceImage Face(int index) => new() { Data = ByteString.CopyFrom(File.ReadAllBytes(Portrait(index))) };

    public static VoiceAudio Voice(int speaker, int take = 0) => new() { Data = ByteString.CopyFrom(File.ReadAllBytes(Recording(speaker, take))) };

    public static FaceSample FaceSample(int index) => new() { Image = Face(index) };

    public static VoiceSample VoiceSample(int speaker, int take = 0) => new() { Audio = Voice(speaker, take) };

    /// <summary>The samples of a recording: mono, 16 kHz.</summary>
    public static async Task<ReadOnlyMemory<float>> SamplesAsync(int speaker, int take = 0) => (await Decoder.DecodeFileAsync(Recording(speaker, take))).Samples;

    /// <summary>A WAV file of samples.</summary>
    public static ByteString Wav(ReadOnlyMemory<float> samples) => UnsafeByteOperations.UnsafeWrap(WavWriter.Encode(samples.Span));
}
