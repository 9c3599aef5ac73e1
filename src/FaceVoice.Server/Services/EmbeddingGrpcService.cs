using FaceVoice.Inference;
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
        var spaces = SampleWire.Spaces(request.Spaces, EmbeddingSpace.Face);
        var face = await samples.EmbedAsync(request.Face, spaces, context.CancellationToken);
        return new EmbedFaceResponse
        {
            ModelId = face.ModelId,
            Report = SampleWire.Report(face),
            Embeddings = { SampleWire.Embeddings(face, spaces) },
            Timings = { SampleWire.Timings(face) },
        };
    }

    public override async Task<EmbedVoiceResponse> EmbedVoice(EmbedVoiceRequest request, ServerCallContext context)
    {
        var spaces = SampleWire.Spaces(request.Spaces, EmbeddingSpace.Speaker);
        var voice = await samples.EmbedAsync(request.Voice, context.CancellationToken);
        return new EmbedVoiceResponse
        {
            ModelId = voice.ModelId,
            Report = SampleWire.Report(voice),
            Embeddings = { SampleWire.Embeddings(voice, spaces) },
            Timings = { SampleWire.Timings(voice) },
        };
    }

    public override Task EmbedStream(
        IAsyncStreamReader<EmbedStreamRequest> requestStream, IServerStreamWriter<EmbedStreamResponse> responseStream, ServerCallContext context) =>
        ManySamples.AnswerAsync(requestStream, responseStream, samples.SamplesPerCall, AnswerAsync, context);

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
        try
        {
            SampleResolver.CheckId(request.Id, "The request's id");
            var own = request.SampleCase == EmbedStreamRequest.SampleOneofCase.Face ? EmbeddingSpace.Face : EmbeddingSpace.Speaker;
            var spaces = SampleWire.Spaces(request.Spaces, own);
            var sample = await SampleResolver.PatientlyAsync(
                () => EmbedAsync(request, spaces, context.CancellationToken), context.CancellationToken);
            return new EmbedStreamResponse
            {
                Id = request.Id,
                ModelId = sample.ModelId,
                Report = SampleWire.Report(sample),
                Embeddings = { SampleWire.Embeddings(sample, spaces) },
                Timings = { SampleWire.Timings(sample) },
            };
        }
        catch (Exception e)
        {
            return new EmbedStreamResponse { Id = request.Id, Error = errors.ToItem(e, context), ModelId = holder.ModelId };
        }
    }

    private async Task<MediaEmbedding> EmbedAsync(
        EmbedStreamRequest request, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken) => request.SampleCase switch
        {
            EmbedStreamRequest.SampleOneofCase.Face => await samples.EmbedAsync(request.Face, spaces, cancellationToken),
            EmbedStreamRequest.SampleOneofCase.Voice => await samples.EmbedAsync(request.Voice, cancellationToken),
            _ => throw Refusal.InvalidArgument("The request holds neither a face nor a voice."),
        };
}
