namespace FaceVoice.Media.Audio.InProcess;

/// <summary>Audio whose packets have been found and counted, but not decoded yet.</summary>
internal interface IPacketAudio
{
    /// <summary>Gets the codec as FFmpeg spells it.</summary>
    string Codec { get; }

    /// <summary>Gets the sample rate, in hertz.</summary>
    int SampleRate { get; }

    /// <summary>Gets the number of channels.</summary>
    int Channels { get; }

    /// <summary>Gets how many frames decoding gives: one sample of each channel counts as one.</summary>
    long Frames { get; }

    /// <summary>Gets how many of them stand before the beginning of the recording.</summary>
    long Skipped { get; }

    /// <summary>Gets how many of them stand after its end.</summary>
    long Dropped { get; }

    /// <summary>Decodes everything.</summary>
    /// <param name="interleaved">Receives <see cref="Frames"/> times <see cref="Channels"/> samples.</param>
    /// <param name="beforeEachPacket">Called before each packet; throws to stop.</param>
    /// <exception cref="Exception">Of any kind: the packets are not what they should be.</exception>
    void Decode(Memory<float> interleaved, Action beforeEachPacket);
}
