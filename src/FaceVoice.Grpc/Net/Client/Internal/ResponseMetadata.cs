using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

/// <summary>What the headers and trailers of an answer say.</summary>
internal static class ResponseMetadata
{
    public static Metadata Read(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (GrpcHeader.IsReserved(name))
            {
                continue;
            }

            foreach (var value in values)
            {
                MetadataText.Read(metadata, name, value);
            }
        }

        return metadata;
    }

    /// <summary>The gRPC status; null where there is none.</summary>
    public static Status? Status(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeader.Status, out var values))
        {
            return null;
        }

        var detail = headers.NonValidated.TryGetValues(GrpcHeader.Message, out var messages) ? PercentEncoding.Decode(messages.ToString()) : "";
        return int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= (int)StatusCode.Unauthenticated
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"The server sent the unknown status \"{values}\". {detail}");
    }

    /// <summary>The status that stands for an HTTP answer that is not gRPC's; null where it is gRPC's.</summary>
    public static Status? HttpError(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            var type = response.Content.Headers.ContentType?.MediaType;
            return type?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
                ? null
                : new Status(StatusCode.Unknown, $"The answer is not gRPC: its content type is \"{type}\".");
        }

        if (Status(response.Headers) is { } status)
        {
            return status;
        }

        var code = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new Status(code, $"The answer is not gRPC: HTTP status {(int)response.StatusCode}.");
    }
}
