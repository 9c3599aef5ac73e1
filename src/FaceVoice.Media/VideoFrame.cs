namespace FaceVoice.Media;

/// <summary>One picture of a video. Whoever receives it disposes it, which gives its pixels back.</summary>
/// <param name="Seconds">Presentation time from the beginning of the video, in seconds.</param>
/// <param name="Image">The picture: upright, square pixels.</param>
public sealed record VideoFrame(double Seconds, RgbImage Image) : IDisposable
{
    /// <summary>Gives the pixels back.</summary>
    public void Dispose() => Image.Dispose();
}
