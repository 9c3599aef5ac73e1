using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaceVoice.Datasets.Sources;

namespace FaceVoice.Datasets.Extraction;

/// <summary>
/// The share of one machine among several that were given the same list. Which shard a source falls into depends on its id alone, so a list
/// that grows between runs moves nothing.
/// </summary>
/// <param name="Index">Which share, 1 to <paramref name="Count"/>.</param>
/// <param name="Count">How many shares there are.</param>
public sealed record ExtractionShard(int Index, int Count)
{
    /// <summary>Everything.</summary>
    public static readonly ExtractionShard Whole = new(1, 1);

    /// <summary>Gets whether the shard is everything.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Gets the name of the shard's manifest in the data set's folder.</summary>
    public string ManifestName => IsWhole ? "manifest.jsonl" : string.Create(CultureInfo.InvariantCulture, $"manifest.shard-{Index}-of-{Count}.jsonl");

    /// <summary>Reads <c>I/N</c>.</summary>
    /// <param name="text">The text, for example <c>2/8</c>.</param>
    /// <param name="shard">The shard.</param>
    /// <returns>Whether the text is one with 1 ≤ I ≤ N ≤ 100,000.</returns>
    public static bool TryParse(string? text, out ExtractionShard shard)
    {
        shard = Whole;
        if (text?.Split('/') is not [var first, var second]
            || !int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || index < 1 || index > count || count > 100_000)
        {
            return false;
        }

        shard = new ExtractionShard(index, count);
        return true;
    }

    /// <summary>Whether the source is this machine's to do.</summary>
    /// <param name="sourceId">The source's <see cref="ExtractionSource.Id"/>.</param>
    public bool Contains(string sourceId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sourceId), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count) == Index - 1;
    }
}
