using System.ComponentModel.DataAnnotations;

namespace FaceVoice.Server;

/// <summary>How much callers may ask for.</summary>
public sealed class LimitSettings
{
    /// <summary>Gets or sets the largest request message, in bytes.</summary>
    /// <value>The default is 16 MiB.</value>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets the largest picture, in bytes.</summary>
    /// <value>The default is 10 MiB.</value>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxImageBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Gets or sets the largest picture, in pixels.</summary>
    /// <value>The default is 40,000,000.</value>
    [Range(10_000, 400_000_000)]
    public int MaxImagePixels { get; set; } = 40_000_000;

    /// <summary>Gets or sets the largest recording, in bytes.</summary>
    /// <value>The default is 10 MiB.</value>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxAudioBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Gets or sets the longest recording, in seconds.</summary>
    /// <value>The default is 120 s.</value>
    [Range(1, 3600)]
    public double MaxAudioSeconds { get; set; } = 120;

    /// <summary>Gets or sets the longest time of one unary call, in seconds, whatever deadline its caller sets.</summary>
    /// <value>The default is 60 s.</value>
    [Range(0.1, 3600)]
    public double MaxCallSeconds { get; set; } = 60;

    /// <summary>Gets or sets the longest time of one streaming call, in seconds.</summary>
    /// <value>The default is 3,600 s.</value>
    [Range(1, 86_400)]
    public double MaxStreamSeconds { get; set; } = 3600;

    /// <summary>Gets or sets the most calls that run at once; those beyond are refused with RESOURCE_EXHAUSTED. As many streams of health and reflection may be open beside them.</summary>
    /// <value>The default is 256.</value>
    [Range(1, 10_000)]
    public int MaxConcurrentCalls { get; set; } = 256;

    /// <summary>Gets or sets the most connections at once.</summary>
    /// <value>The default is 1,000.</value>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 1000;
}
