namespace Grpc.Core;

/// <summary>The responses of a streaming call.</summary>
/// <typeparam name="T">The response.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
