using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The content types of gRPC.</summary>
internal static class ContentTypes
{
    private const string Grpc = "application/grpc";
    private const string Web = "application/grpc-web";
    private const string WebText = "application/grpc-web-text";

    /// <summary>What a request speaks.</summary>
    public static ContentProtocol Parse(string? contentType)
    {
        // The usual ones without a parse.
        if (contentType is Grpc or Grpc + "+proto")
        {
            return ContentProtocol.Grpc;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed))
        {
            return ContentProtocol.None;
        }

        var type = parsed.MediaType.Value!;
        if (type.EndsWith("+proto", StringComparison.OrdinalIgnoreCase))
        {
            type = type[..^"+proto".Length];
        }

        return type.ToLowerInvariant() switch
        {
            Grpc => ContentProtocol.Grpc,
            Web => ContentProtocol.Web,
            WebText => ContentProtocol.WebText,
            _ => ContentProtocol.None,
        };
    }

    /// <summary>The content type of the answer.</summary>
    public static string Of(ContentProtocol protocol) => protocol switch
    {
        ContentProtocol.Web => Web + "+proto",
        ContentProtocol.WebText => WebText + "+proto",
        _ => Grpc,
    };
}
