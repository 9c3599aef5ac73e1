using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FaceVoice.Server.Middleware;

/// <summary>Turns the errors of handlers into statuses.</summary>
internal sealed class ErrorInterceptor(ErrorReporter errors) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await RunAsync(context, async () => response = await continuation(request, context));
        return response!;
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await RunAsync(context, async () => response = await continuation(requestStream, context));
        return response!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task RunAsync(ServerCallContext context, Func<Task> call)
    {
        var outcome = new CallOutcome { StatusCode = (int)StatusCode.OK };
        context.GetHttpContext().Features.Set(outcome);
        try
        {
            await call();
        }
        catch (Exception e)
        {
            var error = errors.ToRpc(e, context);
            outcome.StatusCode = (int)(error?.StatusCode ?? StatusCode.Cancelled);
            if (error is null)
            {
                throw;
            }

            throw error;
        }
    }
}
