using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Media;

/// <summary>How much media from outside may ask for. Checked against the header before anything is decoded, and again while decoding.</summary>
public sealed class MediaLimits
{
    /// <summary>Gets or sets the largest media handed over in memory, and the largest picture file, in bytes.</summary>
    /// <value>The default is 64 MiB.</value>
    [Range(1_024, 1L << 31)]
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets the largest sound or video file that is read from disk, in bytes.</summary>
    /// <value>The default is 32 GiB.</value>
    [Range(1_024, 1L << 44)]
    public long MaxFileBytes { get; set; } = 32L << 30;

    /// <summary>Gets or sets the most pixels (width times height) a picture or video frame may have.</summary>
    /// <value>The default is 50,000,000: 150 MB of RGB.</value>
    [Range(1, 500_000_000)]
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Gets or sets the longest recording that is read, in seconds.</summary>
    /// <value>The default is 14,400 s, four hours.</value>
    [Range(0.1, 360_000)]
    public double MaxSeconds { get; set; } = 14_400;

    /// <summary>Gets or sets the longest recording that is decoded into memory as one clip, in seconds; a second takes 64 kB.</summary>
    /// <value>The default is 3,600 s, 230 MB.</value>
    [Range(0.1, 36_000)]
    public double MaxClipSeconds { get; set; } = 3_600;

    /// <summary>Gets or sets the most sound channels.</summary>
    /// <value>The default is 16.</value>
    [Range(1, 64)]
    public int MaxChannels { get; set; } = 16;

    /// <summary>Gets or sets the lowest sample rate of a recording, in hertz.</summary>
    /// <value>The default is 4,000 Hz.</value>
    [Range(1_000, 16_000)]
    public int MinSampleRate { get; set; } = 4_000;

    /// <summary>Gets or sets the highest sample rate of a recording, in hertz.</summary>
    /// <value>The default is 384,000 Hz.</value>
    [Range(16_000, 768_000)]
    public int MaxSampleRate { get; set; } = 384_000;

    /// <summary>Gets or sets how long one FFmpeg process may take by the clock, in seconds.</summary>
    /// <value>The default is 1,800 s.</value>
    [Range(1, 86_400)]
    public double FfmpegWallSeconds { get; set; } = 1_800;

    /// <summary>Gets or sets how much processor time one FFmpeg process may use, in seconds.</summary>
    /// <value>The default is 1,800 s.</value>
    [Range(1, 86_400)]
    public int FfmpegCpuSeconds { get; set; } = 1_800;

    /// <summary>Gets or sets the address space one FFmpeg process may have, in bytes; the program alone maps some 300 MB of libraries.</summary>
    /// <value>The default is 2 GiB.</value>
    [Range(512L << 20, 1L << 40)]
    public long FfmpegMemoryBytes { get; set; } = 2L << 30;
}
