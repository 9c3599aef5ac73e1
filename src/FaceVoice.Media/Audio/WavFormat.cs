namespace FaceVoice.Media.Audio;

/// <summary>How samples lie in a WAV file.</summary>
internal sealed record WavFormat(WavEncoding Encoding, int SampleRate, int Channels, int BitsPerSample, bool IsBigEndian)
{
    public int BytesPerSample => BitsPerSample / 8;

    public int BytesPerFrame => BytesPerSample * Channels;

    /// <summary>The codec as FFmpeg spells it.</summary>
    public string Codec => (Encoding, BitsPerSample) switch
    {
        (WavEncoding.Integer, 8) => "pcm_u8",
        (WavEncoding.Integer, var bits) => $"pcm_s{bits}{Order}",
        (_, var bits) => $"pcm_f{bits}{Order}",
    };

    private string Order => IsBigEndian ? "be" : "le";
}
