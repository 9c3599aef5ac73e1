using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

/// <summary>The HTTP request of a call.</summary>
internal static class CallRequest
{
    private static readonly string UserAgent = $"grpc-facevoice/{typeof(CallRequest).Assembly.GetName().Version}";

    public static HttpRequestMessage Create(GrpcChannel channel, IMethod method, CallOptions options, string? requestEncoding, HttpContent content)
    {
        var address = channel.MethodAddresses.GetOrAdd(method, static (m, origin) => new Uri(origin, m.FullName), channel.Address);
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation(GrpcHeader.AcceptEncoding, GzipCodec.Accepted);
        if (requestEncoding is not null)
        {
            headers.TryAddWithoutValidation(GrpcHeader.Encoding, requestEncoding);
        }

        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            headers.TryAddWithoutValidation(GrpcHeader.Timeout, GrpcTimeout.Format(deadline.ToUniversalTime() - DateTime.UtcNow));
        }

        foreach (var entry in options.Headers ?? Metadata.Empty)
        {
            Add(request, entry);
        }

        return request;
    }

    private static void Add(HttpRequestMessage request, Metadata.Entry entry)
    {
        if (GrpcHeader.IsReserved(entry.Key))
        {
            return;
        }

        var value = MetadataText.Format(entry);
        if (!MetadataText.IsSendable(value))
        {
            throw new RpcException(new Status(
                StatusCode.Internal, $"The metadata \"{entry.Key}\" has characters beside printable ASCII: use a key that ends in {Metadata.BinaryHeaderSuffix}."));
        }

        request.Headers.TryAddWithoutValidation(entry.Key, value);
    }
}
