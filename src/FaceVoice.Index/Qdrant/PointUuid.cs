using System.Security.Cryptography;
using System.Text;

namespace FaceVoice.Index.Qdrant;

/// <summary>Qdrant takes UUIDs only: an id becomes the name-based UUID (version 5, RFC 9562) of it; the id itself is kept in the payload.</summary>
internal static class PointUuid
{
    private static readonly Guid Namespace = new("6f0f5d1c-8a5e-4f36-9d3e-2a57c1c9b0e4");

    /// <summary>The point that says what model a collection belongs to. No id leads to it: no id is empty.</summary>
    public static Guid Schema { get; } = Of(string.Empty);

    public static Guid Of(string id) => Of(Namespace, id);

    internal static Guid Of(Guid space, string name)
    {
        byte[] input = [.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)];
#pragma warning disable CA5350 // version 5 is defined on SHA-1; it names, it protects nothing
        var hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
