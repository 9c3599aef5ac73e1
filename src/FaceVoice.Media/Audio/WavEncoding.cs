namespace FaceVoice.Media.Audio;

/// <summary>The sample encodings that are read without FFmpeg.</summary>
internal enum WavEncoding
{
    /// <summary>PCM: unsigned for 8 bits, signed for 16, 24 and 32.</summary>
    Integer,

    /// <summary>IEEE floating point of 32 or 64 bits.</summary>
    Float,
}
