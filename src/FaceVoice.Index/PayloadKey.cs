using System.Buffers;

namespace FaceVoice.Index;

/// <summary>The names that payload fields and vectors may have: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>.</summary>
public static class PayloadKey
{
    /// <summary>The key under which filters find a point's identity.</summary>
    public const string Identity = "identity";

    /// <summary>The key under which filters find a point's modality, <c>face</c> or <c>voice</c>.</summary>
    public const string Modality = "modality";

    /// <summary>The key that stores use for a point's own id; filters use <see cref="IndexFilter.HasId"/> instead.</summary>
    public const string PointId = "point_id";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Tells whether <paramref name="key"/> is well formed.</summary>
    public static bool IsValid(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length is >= 1 and <= 64 && !key.AsSpan().ContainsAnyExcept(Allowed);
    }

    /// <summary>Tells whether <paramref name="key"/> belongs to the point itself and cannot be a payload field.</summary>
    public static bool IsReserved(string key) => key is Identity or Modality or PointId;
}
