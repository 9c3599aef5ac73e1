using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using FaceVoice.Testing.Grpc;
using Grpc.Core;

namespace FaceVoice.LoadTests;

/// <summary>
/// Makes calls of one kind to one server and keeps what became of them. Thread-safe. It shares the cores with the server, so it does no
/// more than has to be done: requests
/// are bytes that were made before, a status is read without an exception, and answers are not parsed.
/// </summary>
internal sealed class Caller(ServerProcess server, CallKind kind) : IDisposable
{
    private const int KeptAnswers = 500;
    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");

    private readonly HttpMessageInvoker _http = new(
        new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false, ActivityHeadersPropagator = null });

    private readonly Uri _address = new($"http://127.0.0.1:{server.GrpcPort}{kind.Path}");
    private int _next;

    public CallKind Kind => kind;

    public Latencies Answered { get; private set; } = new();

    public Latencies Refused { get; private set; } = new();

    /// <summary>Gets how often calls ended in any other way than with an answer or a refusal, by what they ended with.</summary>
    public ConcurrentDictionary<string, int> Failures { get; private set; } = new();

    /// <summary>Gets some of the answers.</summary>
    public ConcurrentQueue<byte[]> Answers { get; private set; } = new();

    public int Failed => Failures.Values.Sum();

    /// <summary>Makes one call with the next request.</summary>
    public async Task CallAsync()
    {
        var frame = kind.Requests[(int)((uint)(Interlocked.Increment(ref _next) - 1) % kind.Requests.Count)];
        using var request = Request(_address, frame);
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(request, CancellationToken.None);
            var answer = await response.Content.ReadAsByteArrayAsync();
            Ended(response, answer, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (HttpRequestException e)
        {
            Note($"{e.HttpRequestError}: {e.InnerException?.Message ?? e.Message}");
        }
    }

    /// <summary>As many calls at once as there are callers, each the next when it has its answer.</summary>
    public async Task<LoopResult> ClosedLoopAsync(int callers, double seconds)
    {
        var shares = Begin();
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (shares.Elapsed.TotalSeconds < seconds)
            {
                Interlocked.Increment(ref sent);
                await CallAsync();
            }
        }));
        return shares.End(sent, Answered.Count);
    }

    /// <summary>Calls that come at a rate, whatever becomes of those before.</summary>
    public async Task<LoopResult> OpenLoopAsync(double callsPerSecond, double seconds)
    {
        var shares = Begin();
        var running = new List<Task>();
        while (shares.Elapsed.TotalSeconds < seconds)
        {
            while (running.Count > callsPerSecond * shares.Elapsed.TotalSeconds)
            {
                await Task.Delay(1);
            }

            running.Add(CallAsync());
        }

        var result = shares.End(running.Count, Answered.Count);
        await Task.WhenAll(running);
        return result;
    }

    /// <summary>So many calls, one after the other; gives their times in milliseconds.</summary>
    public async Task<IReadOnlyList<double>> InTurnAsync(int calls)
    {
        var times = new List<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await CallAsync();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Makes the connection, with a call that asks nothing of the networks.</summary>
    public async Task ConnectAsync()
    {
        using var request = Request(new Uri(_address, "/facevoice.v1.ModelService/GetModel"), new byte[5]); // an empty message
        using var response = await _http.SendAsync(request, CancellationToken.None);
        await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>What became of the calls, in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"answered {Answered.Count}, {Answered}; refused {Refused.Count}, {Refused}{string.Concat(Failures.Select(Told))}");

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri address, byte[] frame)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(frame),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = Grpc;
        request.Headers.TE.Add(new("trailers"));
        return request;
    }

    private CoreShares Begin()
    {
        (Answered, Refused, Failures, Answers) = (new(), new(), new(), new());
        return new(server);
    }

    private void Ended(HttpResponseMessage response, byte[] answer, double milliseconds)
    {
        var status = Value(response, "grpc-status");
        switch (int.TryParse(status, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code : StatusCode.Unknown)
        {
            case StatusCode.OK:
                Answered.Add(milliseconds);
                if (Answers.Count < KeptAnswers)
                {
                    Answers.Enqueue(answer);
                }

                break;
            case StatusCode.InvalidArgument:
                Answered.Add(milliseconds); // the few portraits and clips without a face or enough speech take as long
                break;
            case StatusCode.ResourceExhausted:
                Refused.Add(milliseconds);
                break;
            default:
                Note($"HTTP {(int)response.StatusCode}, grpc-status {status}: {Value(response, "grpc-message")}");
                break;
        }
    }

    private static string Told(KeyValuePair<string, int> failure) => $"; FAILED {failure.Value}: {failure.Key}";

    private void Note(string why) => Failures.AddOrUpdate(why, 1, (_, count) => count + 1);

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var early) ? early.FirstOrDefault()
        : response.TrailingHeaders.TryGetValues(name, out var late) ? late.FirstOrDefault()
        : null;
}
