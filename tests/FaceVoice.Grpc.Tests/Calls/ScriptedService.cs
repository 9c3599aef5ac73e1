using FaceVoice.Testing.Grpc.Protocol;
using Grpc.Core;

namespace FaceVoice.Grpc.Tests.Calls;

/// <summary>A service that does what a test tells it to.</summary>
internal sealed class ScriptedService : TestService.TestServiceBase
{
    public Func<SimpleRequest, ServerCallContext, Task<SimpleResponse>> Unary { get; init; } = (_, _) => Task.FromResult(new SimpleResponse());

    public Func<IAsyncStreamReader<StreamingInputCallRequest>, ServerCallContext, Task<StreamingInputCallResponse>> Upload { get; init; } =
        (_, _) => Task.FromResult(new StreamingInputCallResponse());

    public Func<StreamingOutputCallRequest, IServerStreamWriter<StreamingOutputCallResponse>, ServerCallContext, Task> Download { get; init; } = (_, _, _) => Task.CompletedTask;

    public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => Unary(request, context);

    public override Task<StreamingInputCallResponse> StreamingInputCall(IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context) =>
        Upload(requestStream, context);

    public override Task StreamingOutputCall(StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context) =>
        Download(request, responseStream, context);
}
