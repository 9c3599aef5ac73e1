namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Registered by <c>AddGrpc</c>, so that mapping without it fails with a message that helps.</summary>
internal sealed class GrpcMarker;
