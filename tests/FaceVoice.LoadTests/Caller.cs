using System.Collections.Concurrent;
using System.Diagnostics;
using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace FaceVoice.LoadTests;

/// <summary>Makes calls of one kind and keeps what became of them. Thread-safe.</summary>
internal sealed class Caller(EmbeddingService.EmbeddingServiceClient client, bool isFace, IReadOnlyList<ByteString> media)
{
    private int _next;
    private int _failed;

    public Latencies Answered { get; private set; } = new();

    public Latencies Refused { get; private set; } = new();

    public ConcurrentDictionary<string, Latencies> Stages { get; private set; } = new();

    /// <summary>Gets how many calls ended in any other way than with an answer or a refusal.</summary>
    public int Failed => _failed;

    public void Reset() => (Answered, Refused, Stages, _failed) = (new(), new(), new(), 0);

    /// <summary>Makes one call with the next sample.</summary>
    public async Task CallAsync(CancellationToken cancellationToken = default)
    {
        var data = media[(int)((uint)Interlocked.Increment(ref _next) % media.Count)];
        var started = Stopwatch.GetTimestamp();
        try
        {
            var timings = await EmbedAsync(data, cancellationToken);
            Answered.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            foreach (var timing in timings)
            {
                Stages.GetOrAdd(timing.Stage, _ => new()).Add(timing.Milliseconds);
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            Refused.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            Answered.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds); // the few portraits and clips without a face or enough speech take as long
        }
        catch (RpcException)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    /// <summary>As many calls at once as there are callers, each the next when it has its answer. Gives calls answered a second.</summary>
    public async Task<double> ClosedLoopAsync(int callers, double seconds)
    {
        Reset();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                await CallAsync();
            }
        }));
        return Answered.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Calls that come at a rate, whatever becomes of those before. Gives calls answered a second.</summary>
    public async Task<double> OpenLoopAsync(double callsPerSecond, double seconds)
    {
        Reset();
        var running = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; i++)
        {
            while (i / callsPerSecond > Stopwatch.GetElapsedTime(started).TotalSeconds)
            {
                await Task.Delay(1);
            }

            running.Add(CallAsync());
        }

        var answered = Answered.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.WhenAll(running);
        return answered;
    }

    private async Task<RepeatedField<StageTiming>> EmbedAsync(ByteString data, CancellationToken cancellationToken)
    {
        if (isFace)
        {
            var request = new EmbedFaceRequest { Face = new FaceImage { Data = data }, Spaces = { Space.Face } };
            return (await client.EmbedFaceAsync(request, cancellationToken: cancellationToken)).Timings;
        }

        var voice = new EmbedVoiceRequest { Voice = new VoiceAudio { Data = data }, Spaces = { Space.Speaker } };
        return (await client.EmbedVoiceAsync(voice, cancellationToken: cancellationToken)).Timings;
    }
}
