using FaceVoice.Index;
using FaceVoice.Inference.WarmUp;
using FaceVoice.Media;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Observability;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Server.WarmUp;

/// <summary>
/// Makes every kind of call to the server before it is ready, so that the first caller does not wait for the compiler. The calls bring a
/// drawn face and synthetic
/// vowels; enrolments go into an index that is thrown away, and of the server's own one is only read. Nothing of it is counted or kept.
/// </summary>
internal sealed class WarmUpCalls(WarmUpTransport transport, EngineHolder holder, ServiceMetrics metrics, ILogger<WarmUpCalls> logger)
{
    private const int Rounds = 2; // the second finds what the first left compiled, bound and pooled
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Makes the calls. If one fails, the server begins all the same: it is slower for its first callers, no more.</summary>
    /// <param name="loaded">What is served afterwards; it is held when this ends.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task RunAsync(LoadedEngine loaded, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        metrics.IsSilent = true;
        try
        {
            using var uncounted = loaded.Engine.BeginWarmUp();
            using var channel = transport.OpenChannel();
            var invoker = channel.CreateCallInvoker();
            if (loaded.Index is { } index)
            {
                var scratch = Directory.CreateTempSubdirectory("facevoice-"); // readable by this user alone
                try
                {
                    await using var store = await EmbeddedVectorStore.OpenAsync(scratch.FullName, index.Schema, cancellationToken: patience.Token);
                    holder.Set(loaded with { Index = store });
                    await CallAsync(invoker, loaded, patience.Token);
                }
                finally
                {
                    holder.Set(loaded);
                    scratch.Delete(recursive: true);
                }

                await ReadAsync(invoker, loaded, patience.Token);
            }
            else
            {
                holder.Set(loaded);
                await CallAsync(invoker, loaded, patience.Token);
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or IOException or UnauthorizedAccessException or IndexException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Log.NotWarmedUp(logger, error);
        }
        finally
        {
            holder.Set(loaded);
            metrics.IsSilent = false;
        }
    }

    /// <summary>Every method of every service that the model allows, some times over.</summary>
    internal static async Task CallAsync(CallInvoker invoker, LoadedEngine loaded, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var samples = new Samples(round, loaded.Engine);
            await Task.WhenAll( // most of it is compiling, and there are several cores
                EmbedAsync(new(invoker), samples, cancellationToken),
                LookAsync(invoker, cancellationToken),
                samples.HasJointSpace ? MatchAsync(new(invoker), samples, cancellationToken) : Task.CompletedTask,
                loaded.Index is not null ? EnrolAsync(new(invoker), samples, cancellationToken) : Task.CompletedTask);
        }
    }

    private static async Task LookAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        await new Health.HealthClient(invoker).CheckAsync(new(), cancellationToken: cancellationToken);
        await new ModelService.ModelServiceClient(invoker).GetModelAsync(new(), cancellationToken: cancellationToken);
    }

    private static async Task EmbedAsync(EmbeddingService.EmbeddingServiceClient client, Samples samples, CancellationToken cancellationToken)
    {
        await client.EmbedFaceAsync(new() { Face = samples.Face, Spaces = { Space.Face } }, cancellationToken: cancellationToken);
        using var stream = client.EmbedStream(cancellationToken: cancellationToken);
        await stream.RequestStream.WriteAsync(new() { Id = "face", Face = samples.Face, Spaces = { Space.Face } }, cancellationToken);
        if (samples.HasVoices)
        {
            await client.EmbedVoiceAsync(new() { Voice = samples.Voice, Spaces = { Space.Speaker } }, cancellationToken: cancellationToken);
            await stream.RequestStream.WriteAsync(new() { Id = "voice", Voice = samples.Voice, Spaces = { Space.Speaker } }, cancellationToken);
        }

        await EndAsync(stream, cancellationToken);
        if (samples.HasVoices)
        {
            using var live = client.EmbedVoiceStream(cancellationToken: cancellationToken);
            await live.RequestStream.WriteAsync(new() { Config = new() { Spaces = { Space.Speaker } } }, cancellationToken);
            await live.RequestStream.WriteAsync(new() { Audio = samples.Pcm }, cancellationToken);
            await EndAsync(live, cancellationToken);
        }
    }

    private static async Task MatchAsync(MatchingService.MatchingServiceClient client, Samples samples, CancellationToken cancellationToken)
    {
        await client.MatchAsync(new() { Faces = { samples.FaceSample }, Voices = { samples.VoiceSample } }, cancellationToken: cancellationToken);
        await client.RankAsync(
            new() { Face = samples.FaceSample, Candidates = { new RankCandidate { Id = "voice", Voice = samples.VoiceSample }, new RankCandidate { Id = "face", Face = samples.FaceSample } } },
            cancellationToken: cancellationToken);
    }

    private static async Task EnrolAsync(IndexService.IndexServiceClient client, Samples samples, CancellationToken cancellationToken)
    {
        var request = new EnrollRequest
        {
            RequestId = samples.Name,
            Identity = "warm-up",
            AcceptPoor = true,
            Attributes = { ["round"] = new() { Number = 1 } },
        };
        request.Faces.AddRange(samples.HasJointSpace ? [samples.FaceSample] : []);
        request.Voices.AddRange(samples.HasVoices ? [samples.VoiceSample] : []);
        var enrolled = await client.EnrollAsync(request, cancellationToken: cancellationToken);
        using var stream = client.EnrollStream(cancellationToken: cancellationToken);
        await stream.RequestStream.WriteAsync(new(request) { RequestId = samples.Name + " again" }, cancellationToken);
        await EndAsync(stream, cancellationToken);

        var filter = new Filter { Keyword = new() { Key = "nothing", Values = { "none" } } };
        if (samples.HasVoices)
        {
            await client.SearchAsync(new() { Voice = samples.VoiceSample, Space = Space.Speaker, BestPerIdentity = true }, cancellationToken: cancellationToken);
            await client.SearchAsync(new() { Voice = samples.VoiceSample, Space = Space.Speaker, Filter = filter }, cancellationToken: cancellationToken);
        }

        if (samples.HasJointSpace)
        {
            await client.SearchAsync(new() { Face = samples.FaceSample }, cancellationToken: cancellationToken);
            await client.SearchAsync(new() { Voice = samples.VoiceSample, FusionSpeakerWeight = 0.5f }, cancellationToken: cancellationToken);
        }

        await client.GetAsync(new() { SampleId = enrolled.Samples[0].SampleId, WithEmbeddings = true }, cancellationToken: cancellationToken);
        await client.ListAsync(new() { PageSize = 1, WithEmbeddings = true }, cancellationToken: cancellationToken);
        await client.StatsAsync(new(), cancellationToken: cancellationToken);
        await client.DeleteAsync(new() { SampleIds = new() { Values = { enrolled.Samples[0].SampleId } } }, cancellationToken: cancellationToken);
    }

    /// <summary>What reads of the index that is served: its pages, or its connection. Nothing is changed.</summary>
    private static async Task ReadAsync(CallInvoker invoker, LoadedEngine loaded, CancellationToken cancellationToken)
    {
        var client = new IndexService.IndexServiceClient(invoker);
        await client.StatsAsync(new(), cancellationToken: cancellationToken);
        await client.ListAsync(new() { PageSize = 1 }, cancellationToken: cancellationToken);
        foreach (var space in new[] { EmbeddingSpace.Joint, EmbeddingSpace.Speaker })
        {
            if (loaded.Index!.Schema.Dimensions.ContainsKey(Wire.SpaceNames.ToVectorName(space)) && loaded.Engine.DimensionOf(space) is { } dimension)
            {
                var wire = Wire.SpaceNames.ToWire(space);
                var probe = new Protocol.V1.Embedding { ModelId = loaded.Engine.Manifest.ModelId, Space = wire, Values = { Enumerable.Repeat(1f, dimension) } };
                await client.SearchAsync(new() { Embedding = probe, Space = wire, Limit = 1 }, cancellationToken: cancellationToken);
            }
        }
    }

    private static async Task EndAsync<TRequest, TResponse>(AsyncDuplexStreamingCall<TRequest, TResponse> call, CancellationToken cancellationToken)
    {
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
        }
    }

    /// <summary>The media of one round; each has its own, as what came before is answered from the cache.</summary>
    private sealed class Samples(int round, IServedEngine engine)
    {
        public string Name { get; } = $"warm-up {round}";

        public bool HasVoices { get; } = engine.DimensionOf(EmbeddingSpace.Speaker) is not null;

        public bool HasJointSpace { get; } = engine.DimensionOf(EmbeddingSpace.Joint) is not null;

        public FaceImage Face { get; } = new() { Data = UnsafeByteOperations.UnsafeWrap(DrawnFace.Jpeg(round)) };

        public VoiceAudio Voice { get; } = new() { Data = UnsafeByteOperations.UnsafeWrap(SyntheticVowels.Wav(round)) };

        public FaceSample FaceSample => new() { Image = Face };

        public VoiceSample VoiceSample => new() { Audio = Voice };

        public ByteString Pcm => UnsafeByteOperations.UnsafeWrap(Voice.Data.Memory[WavWriter.HeaderBytes..]);
    }
}
