using System.IO.Compression;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What all calls of one method share.</summary>
internal sealed class MethodContext(IMethod method, GrpcServiceOptions options, TimeProvider time, ILogger logger)
{
    public IMethod Method { get; } = method;

    public int? MaxReceiveMessageSize { get; } = options.MaxReceiveMessageSize;

    public int? MaxSendMessageSize { get; } = options.MaxSendMessageSize;

    public bool EnableDetailedErrors { get; } = options.EnableDetailedErrors ?? false;

    public string? ResponseEncoding { get; } = options.ResponseCompressionAlgorithm;

    public CompressionLevel CompressionLevel { get; } = options.ResponseCompressionLevel ?? CompressionLevel.Fastest;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;
}
