using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FaceVoice.Models;

/// <summary>SHA-256 as lower-case hexadecimal text: how files and models are identified. Thread-safe.</summary>
public static class ContentHash
{
    /// <summary>The number of characters of a hash.</summary>
    public const int Length = 64;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The hash of bytes in memory.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The hash of a file, read in blocks.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>
    /// The hash of a set of named hashes: SHA-256 over the lines <c>HASH␠␠NAME\n</c> in ordinal order of the names. For files of one folder this is
    /// what <c>LC_ALL=C sha256sum FILES | sha256sum</c> prints.
    /// </summary>
    public static string OfNamed(IEnumerable<KeyValuePair<string, string>> hashByName)
    {
        ArgumentNullException.ThrowIfNull(hashByName);
        var text = new StringBuilder();
        foreach (var (name, hash) in hashByName.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(hash).Append("  ").Append(name).Append('\n');
        }

        return OfBytes(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Whether a text has the form of a hash.</summary>
    public static bool IsWellFormed(string? text) => text is { Length: Length } && text.AsSpan().IndexOfAnyExcept(Hexadecimal) < 0;
}
