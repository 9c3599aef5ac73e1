using System.Diagnostics;
using System.Globalization;
using System.Text;
using FaceVoice.Inference;
using FaceVoice.Inference.Faces;
using FaceVoice.Inference.Voices;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using FaceVoice.Server.Observability;
using FaceVoice.Server.Wire;
using Google.Protobuf;
using Grpc.Core;

namespace FaceVoice.Server.Services;

/// <summary>Turns samples of requests, media or embeddings, into embeddings. Thread-safe.</summary>
internal sealed class SampleResolver(EngineHolder holder, ServiceSettings settings, ServiceMetrics metrics)
{
    private const int MaxIdBytes = 256;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Gets how many samples of one call are worked on at once.</summary>
    public int SamplesPerCall { get; } = settings.Work.SamplesPerCall > 0
        ? settings.Work.SamplesPerCall
        : 2 * (settings.Work.Workers > 0 ? settings.Work.Workers : Environment.ProcessorCount);

    public Task<FaceEmbedding> EmbedAsync(FaceImage? face, IReadOnlyCollection<EmbeddingSpace> spaces, CancellationToken cancellationToken)
    {
        var data = Media(face?.Data, "image", settings.Limits.MaxImageBytes);
        return MeasureAsync("face", () => holder.Engine.EmbedFaceAsync(data, spaces, cancellationToken));
    }

    public Task<VoiceEmbedding> EmbedAsync(VoiceAudio? voice, CancellationToken cancellationToken)
    {
        var data = Media(voice?.Data, "recording", settings.Limits.MaxAudioBytes);
        return MeasureAsync("voice", () => holder.Engine.EmbedVoiceAsync(data, cancellationToken));
    }

    public async Task<MediaEmbedding> ResolveAsync(FaceSample? sample, CancellationToken cancellationToken) => sample?.KindCase switch
    {
        FaceSample.KindOneofCase.Image => await EmbedAsync(sample.Image, [EmbeddingSpace.Joint], cancellationToken),
        FaceSample.KindOneofCase.Embedding => Given(sample.Embedding, EmbeddingSpace.Face),
        _ => throw Refusal.InvalidArgument("A face sample is empty: give an image or an embedding."),
    };

    public async Task<MediaEmbedding> ResolveAsync(VoiceSample? sample, CancellationToken cancellationToken) => sample?.KindCase switch
    {
        VoiceSample.KindOneofCase.Audio => await EmbedAsync(sample.Audio, cancellationToken),
        VoiceSample.KindOneofCase.Embedding => Given(sample.Embedding, EmbeddingSpace.Speaker),
        _ => throw Refusal.InvalidArgument("A voice sample is empty: give audio or an embedding."),
    };

    public GivenEmbedding Given(Protocol.V1.Embedding wire, EmbeddingSpace? own)
    {
        var embedding = EmbeddingWire.FromWire(wire, holder.Engine);
        return own is null || embedding.Space == EmbeddingSpace.Joint || embedding.Space == own
            ? new GivenEmbedding(embedding)
            : throw Refusal.InvalidArgument($"An embedding of the {embedding.Space} space is given; one of the joint or the {own} space is needed.");
    }

    /// <summary>Ids that callers choose come back with the answers: 1 to 256 bytes.</summary>
    public static void CheckId(string id, string what)
    {
        if (id.Length is 0 || Encoding.UTF8.GetByteCount(id) > MaxIdBytes)
        {
            throw Refusal.InvalidArgument($"{what} has {Encoding.UTF8.GetByteCount(id)} bytes; 1 to {MaxIdBytes} are needed.");
        }
    }

    /// <summary>
    /// Does work that may find the queue full, again and again until it has a place: for streams, which wait instead of failing.
    /// </summary>
    public static async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (StatusMap.From(e) is { StatusCode: StatusCode.ResourceExhausted } error && error.Trailers.GetValue(GrpcAnswer.RetryAfter) is { } hint)
            {
                var pause = TimeSpan.FromMilliseconds(int.Parse(hint, CultureInfo.InvariantCulture));
                await Task.Delay(pause < LongestPause ? pause : LongestPause, cancellationToken);
            }
        }
    }

    private static ReadOnlyMemory<byte> Media(ByteString? data, string what, int limit)
    {
        if (data is null || data.IsEmpty)
        {
            throw Refusal.InvalidArgument($"The {what} is empty.");
        }

        return data.Length <= limit ? data.Memory : throw Refusal.ResourceExhausted($"The {what} has {data.Length} bytes; at most {limit} are taken.", retryAfter: null);
    }

    private async Task<T> MeasureAsync<T>(string modality, Func<Task<T>> embed)
        where T : MediaEmbedding
    {
        using var activity = metrics.StartActivity("embed " + modality);
        try
        {
            var embedding = await embed();
            metrics.Sample(modality, embedding.FromCache ? "cached" : "embedded");
            return embedding;
        }
        catch (Exception e)
        {
            metrics.Sample(modality, StatusMap.From(e).StatusCode.ToString());
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }
}
