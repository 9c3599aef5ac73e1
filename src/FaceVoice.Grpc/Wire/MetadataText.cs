using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Metadata entries as header values: text as it is, bytes as base64.</summary>
internal static class MetadataText
{
    /// <summary>The header value of an entry; bytes are written without padding.</summary>
    public static string Format(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.RawBytes).TrimEnd('=') : entry.Value;

    /// <summary>Adds what a header holds: of a <c>-bin</c> header possibly several values, divided by commas, with or without padding.</summary>
    public static void Read(Metadata metadata, string name, string value)
    {
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            metadata.Add(name, Decode(part));
        }
    }

    /// <summary>Whether HTTP/2 stacks carry the value: printable ASCII and tabs.</summary>
    public static bool IsSendable(string value) => value.All(c => c is (>= ' ' and <= '~') or '\t');

    /// <exception cref="RpcException">INTERNAL: not base64.</exception>
    private static byte[] Decode(string text)
    {
        var unpadded = text.TrimEnd('=');
        try
        {
            return Convert.FromBase64String(unpadded.PadRight((unpadded.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A binary header is not valid base64."));
        }
    }
}
