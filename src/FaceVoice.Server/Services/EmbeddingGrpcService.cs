using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Wire;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>EmbeddingService.</summary>
internal sealed class EmbeddingGrpcService(EngineHolder holder, SampleResolver samples, ErrorReporter errors) : EmbeddingService.EmbeddingServiceBase
{
    public override async Task<EmbedFaceResponse> EmbedFace(EmbedFaceRequest request, ServerCallContext context)
    {
        SampleWire.Spaces(request.Spaces, EmbeddingSpace.Face);
        var result = await samples.EmbedAsync(request.Face, context.CancellationToken);
        var response = new EmbedFaceResponse { ModelId = holder.ModelId, Report = SampleWire.Report(result) };
        response.Embeddings.AddRange(SampleWire.Embeddings(result, request.Spaces, EmbeddingSpace.Face, holder.ModelId));
        response.Timings.AddRange(SampleWire.Timings(result.Timings));
        return response;
    }

    public override async Task<EmbedVoiceResponse> EmbedVoice(EmbedVoiceRequest request, ServerCallContext context)
    {
        SampleWire.Spaces(request.Spaces, EmbeddingSpace.Speaker);
        var result = await samples.EmbedAsync(request.Voice, context.CancellationToken);
        var response = new EmbedVoiceResponse { ModelId = holder.ModelId, Report = SampleWire.Report(result) };
        response.Embeddings.AddRange(SampleWire.Embeddings(result, request.Spaces, EmbeddingSpace.Speaker, holder.ModelId));
        response.Timings.AddRange(SampleWire.Timings(result.Timings));
        return response;
    }

    public override Task EmbedStream(
        IAsyncStreamReader<EmbedStreamRequest> requestStream, IServerStreamWriter<EmbedStreamResponse> responseStream, ServerCallContext context) =>
        PipelinedStream.RunAsync(requestStream, responseStream, samples.SamplesPerCall, AnswerAsync, context);

    public override async Task EmbedVoiceStream(
        IAsyncStreamReader<EmbedVoiceStreamRequest> requestStream, IServerStreamWriter<EmbedVoiceStreamResponse> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.PartCase != EmbedVoiceStreamRequest.PartOneofCase.Config)
        {
            throw Refusal.InvalidArgument("The first request of the stream must be the configuration.");
        }

        var live = new LiveVoice(holder.Engine, requestStream.Current.Config);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (request.PartCase != EmbedVoiceStreamRequest.PartOneofCase.Audio)
            {
                throw Refusal.InvalidArgument("After the configuration, every request of the stream must be audio.");
            }

            await foreach (var window in live.PushAsync(request.Audio.Memory, context.CancellationToken))
            {
                await responseStream.WriteAsync(window);
            }
        }

        await responseStream.WriteAsync(await live.CompleteAsync(context.CancellationToken));
    }

    private async Task<EmbedStreamResponse> AnswerAsync(EmbedStreamRequest request, ServerCallContext context)
    {
        var response = new EmbedStreamResponse { Id = request.Id, ModelId = holder.ModelId };
        try
        {
            SampleResolver.CheckId(request.Id, "The request's id");
            var own = request.SampleCase == EmbedStreamRequest.SampleOneofCase.Face ? EmbeddingSpace.Face : EmbeddingSpace.Speaker;
            SampleWire.Spaces(request.Spaces, own);
            var result = await SampleResolver.PatientlyAsync(() => EmbedAsync(request, context.CancellationToken), context.CancellationToken);
            response.Embeddings.AddRange(SampleWire.Embeddings(result, request.Spaces, own, holder.ModelId));
            response.Report = SampleWire.Report(result);
            response.Timings.AddRange(SampleWire.Timings(result.Timings));
        }
        catch (Exception e)
        {
            response = new EmbedStreamResponse { Id = request.Id, Error = errors.ToItem(e, context), ModelId = holder.ModelId };
        }

        return response;
    }

    private Task<SampleResult> EmbedAsync(EmbedStreamRequest request, CancellationToken cancellationToken) => request.SampleCase switch
    {
        EmbedStreamRequest.SampleOneofCase.Face => samples.EmbedAsync(request.Face, cancellationToken),
        EmbedStreamRequest.SampleOneofCase.Voice => samples.EmbedAsync(request.Voice, cancellationToken),
        _ => throw Refusal.InvalidArgument("The request holds neither a face nor a voice."),
    };
}
