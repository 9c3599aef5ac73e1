using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Hosting;

namespace FaceVoice.Server.Middleware;

/// <summary>Turns the errors of handlers into statuses, and ends the reading of streams when the server stops.</summary>
internal sealed class ErrorInterceptor(ErrorReporter errors, IHostApplicationLifetime lifetime) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e)
        {
            throw errors.ToRpc(e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(Read(requestStream), context);
        }
        catch (Exception e)
        {
            throw errors.ToRpc(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e)
        {
            throw errors.ToRpc(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(Read(requestStream), responseStream, context);
        }
        catch (Exception e)
        {
            throw errors.ToRpc(e, context);
        }
    }

    private RequestReader<T> Read<T>(IAsyncStreamReader<T> requests) => new(requests, lifetime.ApplicationStopping);

    /// <summary>
    /// The requests of a stream. What is wrong with one is the caller's error, and has its status here: past this point it could not be told from an error of ours.
    /// </summary>
    private sealed class RequestReader<T>(IAsyncStreamReader<T> requests, CancellationToken stopping) : IAsyncStreamReader<T>
    {
        public T Current => requests.Current;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            try
            {
                return await requests.MoveNext(reading.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new RpcException(StatusMap.Stopping);
            }
            catch (Exception e) when (StatusMap.OfRequest(e) is { } status)
            {
                throw new RpcException(status);
            }
        }
    }
}
