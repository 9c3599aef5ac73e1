using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Index.Qdrant;

/// <summary>Speaks to a Qdrant server over HTTP: one envelope, one table of errors, retries only where repeating does no harm. Thread-safe.</summary>
internal sealed partial class QdrantHttp : IDisposable
{
    private const int MaxErrorText = 2048;
    private const long MaxAnswerBytes = 512 << 20;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _client;
    private readonly QdrantStoreOptions _options;

    public QdrantHttp(Uri server, QdrantStoreOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // so that a changed address is noticed
            MaxConnectionsPerServer = 16,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false, // a redirect would carry the key elsewhere
        };
        var root = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
        _client = new HttpClient(handler) { BaseAddress = root, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
        if (options.ApiKey is { } key)
        {
            _client.DefaultRequestHeaders.Add("api-key", key);
        }
    }

    /// <summary>Sends a request and returns the <c>result</c> of its answer.</summary>
    /// <param name="method">GET, PUT, POST or DELETE.</param>
    /// <param name="path">Relative to the server, already escaped.</param>
    /// <param name="body">Writes the body's one object; null for none.</param>
    /// <param name="mayRepeat">Whether doing it twice is the same as doing it once.</param>
    /// <param name="cancellationToken">Cancels waits and attempts.</param>
    /// <exception cref="IndexException">Every refusal and failure, by kind.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, bool mayRepeat, CancellationToken cancellationToken)
    {
        var bytes = body is null ? null : Serialize(body);
        var started = _options.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(method, path, bytes, cancellationToken).ConfigureAwait(false);
            }
            catch (IndexUnavailableException error)
            {
                var wait = error.RetryAfter ?? Backoff(attempt);
                if (!mayRepeat || attempt >= _options.MaxAttempts || _options.Time.GetElapsedTime(started) + wait > _options.TotalTimeout)
                {
                    throw;
                }

                Retrying(_options.Logger, attempt, wait.TotalMilliseconds, error.Message);
                await Task.Delay(wait, _options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Serialize(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private async Task<JsonElement> TryAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? ReadResult(content) : throw ErrorOf(response, content);
        }
        catch (HttpRequestException error)
        {
            throw new IndexUnavailableException($"The Qdrant server at {_client.BaseAddress} cannot be reached: {error.Message}", null, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IndexUnavailableException($"The Qdrant server at {_client.BaseAddress} did not answer within {_options.AttemptTimeout.TotalSeconds:0.#} s.", null, error);
        }
    }

    private JsonElement ReadResult(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.GetProperty("result").Clone();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IndexUnavailableException($"What answers at {_client.BaseAddress} does not speak as Qdrant does.", null, error);
        }
    }

    private IndexException ErrorOf(HttpResponseMessage response, byte[] content)
    {
        var text = $"Qdrant at {_client.BaseAddress}: {ErrorText(response, content)} ({(int)response.StatusCode})";
        var retryAfter = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - _options.Time.GetUtcNow());
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new IndexAccessDeniedException(text),
            HttpStatusCode.NotFound => new IndexNotFoundException(text),
            HttpStatusCode.Conflict => new QdrantConflictException(text),
            HttpStatusCode.TooManyRequests when retryAfter is { } wait => new IndexUnavailableException(text, wait < TimeSpan.Zero ? TimeSpan.Zero : wait),
            HttpStatusCode.TooManyRequests or HttpStatusCode.InsufficientStorage => new IndexFullException(text), // without a time to wait it can never fit
            HttpStatusCode.RequestTimeout => new IndexUnavailableException(text),
            >= HttpStatusCode.InternalServerError => new IndexUnavailableException(text, retryAfter),
            _ => new InvalidRequestException(text),
        };
    }

    /// <summary>The server's own words: from the envelope, or the first of a plain text (as 401 and a proxy's pages are).</summary>
    private static string ErrorText(HttpResponseMessage response, byte[] content)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            try
            {
                using var document = JsonDocument.Parse(content);
                if (document.RootElement.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Object && status.TryGetProperty("error", out var error))
                {
                    return error.GetString() ?? "no reason given";
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                return Plain(content);
            }
        }

        return Plain(content);
    }

    private static string Plain(byte[] content) => content.Length == 0 ? "no reason given" : Encoding.UTF8.GetString(content.AsSpan(0, Math.Min(content.Length, MaxErrorText)));

#pragma warning disable CA5394 // spreads out waits, protects nothing
    private static TimeSpan Backoff(int attempt) => FirstWait * Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble());
#pragma warning restore CA5394

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "Attempt {Attempt} failed, trying again in {WaitMs:F0} ms: {Reason}")]
    private static partial void Retrying(ILogger logger, int attempt, double waitMs, string reason);
}
