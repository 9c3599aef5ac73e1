using System.Globalization;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The error of a message that is larger than allowed.</summary>
internal static class MessageLimit
{
    public const string Received = "received";
    public const string Sent = "sent";

    public static RpcException Exceeded(string direction, long? length, int limit) => new(new Status(
        StatusCode.ResourceExhausted,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The message {direction} is larger than the limit of {limit} bytes{(length is null ? "" : $": it has {length}")}.")));
}
