using FaceVoice.Inference.WarmUp;
using FaceVoice.Protocol.V1;
using Google.Protobuf;

namespace FaceVoice.InteropTests;

/// <summary>A face and a voice that are nobody's, and need no file: what the server warms up with.</summary>
internal static class DrawnMedia
{
    /// <summary>A JPEG file.</summary>
    /// <param name="variant">0 to 99; each is another picture, of which the cache knows nothing.</param>
    public static byte[] Face(int variant) => DrawnFace.Jpeg(variant);

    /// <summary>A WAV file of three seconds, 16 kHz, 16 bits.</summary>
    /// <param name="variant">0 to 99.</param>
    public static byte[] Voice(int variant) => SyntheticVowels.Wav(variant);

    /// <summary>The same, as a request holds it.</summary>
    public static VoiceAudio VoiceAudio(int variant) => new() { Data = UnsafeByteOperations.UnsafeWrap(Voice(variant)) };
}
