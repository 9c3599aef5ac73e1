using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Qdrant.Client;
using Qdrant.Client.Grpc;

namespace FaceVoice.Index.Qdrant;

/// <summary>Qdrant's client on a channel of our own: one table of errors, retries only where repeating does no harm. Thread-safe.</summary>
/// <remarks>
/// The client's own channel takes answers of 4 MB at most and has no deadline. The channel's own retries are not used: they go by method, and a deletion
/// by id may be repeated where one by filter may not.
/// </remarks>
internal sealed partial class QdrantConnection : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private readonly GrpcChannel _channel;
    private readonly QdrantGrpcClient _grpc;
    private readonly QdrantClient _client;
    private readonly QdrantStoreOptions _options;
    private readonly QdrantErrors _errors;

    public QdrantConnection(Uri server, QdrantStoreOptions options)
    {
        _options = options;
        _errors = new QdrantErrors(server, options);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a changed address is noticed
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false, // a redirect would carry the key elsewhere
            UseProxy = server.Scheme == Uri.UriSchemeHttps, // HTTP/2 without TLS goes through no proxy
        };
        _channel = GrpcChannel.ForAddress(server, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = options.MaxAnswerBytes,
            MaxSendMessageSize = null, // BatchSize bounds it
        });
        CallInvoker invoker = options.ApiKey is { } key ? _channel.Intercept(metadata => WithKey(metadata, key)) : _channel.CreateCallInvoker();
        _grpc = new QdrantGrpcClient(invoker);
        _client = new QdrantClient(_grpc, options.AttemptTimeout);
    }

    /// <summary>Makes a call, again where that does no harm and may help.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayRepeat">Whether doing it twice is the same as doing it once.</param>
    /// <param name="cancellationToken">Cancels waits and attempts.</param>
    /// <exception cref="IndexException">Every refusal and failure, by kind.</exception>
    public async Task<T> CallAsync<T>(Func<QdrantClient, CancellationToken, Task<T>> call, bool mayRepeat, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(call, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Makes a write, and waits until the server says that it is carried out.</summary>
    /// <param name="write">The write.</param>
    /// <param name="mayRepeat">Whether doing it twice is the same as doing it once.</param>
    /// <param name="cancellationToken">Cancels waits and attempts.</param>
    /// <exception cref="IndexUnavailableException">It is queued and not carried out yet.</exception>
    public async Task WriteAsync(Func<QdrantClient, CancellationToken, Task<UpdateResult>> write, bool mayRepeat, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await CallAsync(write, mayRepeat, cancellationToken).ConfigureAwait(false);
            if (result.Status == UpdateStatus.Completed)
            {
                return;
            }

            // Queued, and not shown yet. The same write again waits behind it.
            if (!mayRepeat || attempt >= _options.MaxAttempts)
            {
                throw new IndexUnavailableException(
                    $"The Qdrant server at {_errors.Server} has taken the write and not carried it out yet (its status is {result.Status}); it may still show later.");
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _grpc.Dispose();
        _channel.Dispose();
    }

    private static Metadata WithKey(Metadata metadata, string key)
    {
        metadata.Add("api-key", key);
        return metadata;
    }

    private async Task<T> TryAsync<T>(Func<QdrantClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(_client, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call to Qdrant was cancelled.", error, cancellationToken);
        }
        catch (RpcException error)
        {
            throw _errors.Of(error);
        }
        catch (QdrantException error)
        {
            throw new IndexUnavailableException($"Qdrant at {_errors.Server}: {error.Message}", null, error);
        }
    }

#pragma warning disable CA5394 // spreads out waits, protects nothing
    private static TimeSpan Backoff(int attempt) => FirstWait * Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble());
#pragma warning restore CA5394

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "Attempt {Attempt} failed, trying again in {WaitMs:F0} ms: {Reason}")]
    private static partial void Retrying(ILogger logger, int attempt, double waitMs, string reason);
}

/// <summary>Turns what Qdrant and the way to it answer into the errors of the store. Pure.</summary>
internal sealed class QdrantErrors(Uri server, QdrantStoreOptions options)
{
    /// <summary>The server's address as messages show it.</summary>
    public string Server { get; } = server.GetLeftPart(UriPartial.Authority);

    /// <summary>The error of a call that failed.</summary>
    public IndexException Of(RpcException error)
    {
        var (status, text) = (error.StatusCode, $"Qdrant at {Server}: {Detail(error)} ({error.StatusCode})");
        return status switch
        {
            _ when SpeaksNoHttp2(error) => new IndexUnavailableException(
                $"What answers at {Server} speaks no HTTP/2, so it is not Qdrant's gRPC port. That is 6334; 6333 is its REST API.", null, error),
            StatusCode.Unauthenticated => new IndexAccessDeniedException(options.ApiKey is null
                ? $"Qdrant at {Server} asks for an API key: give it in QDRANT_API_KEY or FACEVOICE_QDRANT_KEY."
                : $"Qdrant at {Server} refuses the API key: {Detail(error)}", error),
            StatusCode.PermissionDenied => new IndexAccessDeniedException($"{text}. The API key does not allow this; a read-only key searches and reads only.", error),
            StatusCode.NotFound => new IndexNotFoundException(text, error),
            StatusCode.AlreadyExists => new QdrantExistsException(text, error),
            StatusCode.ResourceExhausted => Exhausted(error, text),
            StatusCode.InvalidArgument or StatusCode.OutOfRange => new InvalidRequestException(
                IsStrictMode(error) ? $"{text}. The collection is in strict mode: index the field, or have the limit raised." : text, error),
            StatusCode.FailedPrecondition => new IndexUnavailableException(text, null, error),
            StatusCode.Internal when IsTls(error) => new IndexUnavailableException($"There is no TLS connection to {Server}: {InnermostMessage(error)}", null, error),
            StatusCode.Internal when Contains(error, "No space left") || Contains(error, "Out of disk") => new IndexFullException(text, error),
            StatusCode.Internal when IsConsistencyFailure(error) =>
                new IndexUnavailableException($"{text}. Too few replicas took the write: some may have it. Sending it again does no harm.", null, error),
            StatusCode.Unimplemented => new IndexUnavailableException($"What answers at {Server} is no Qdrant server, or one that is too old: {Detail(error)}", null, error),
            StatusCode.DeadlineExceeded => new IndexUnavailableException(
                string.Create(CultureInfo.InvariantCulture, $"The Qdrant server at {Server} did not answer within {options.AttemptTimeout.TotalSeconds:0.#} s."), null, error),
            StatusCode.Unavailable when error.Status.DebugException is not null => new IndexUnavailableException(
                $"The Qdrant server at {Server} cannot be reached: {InnermostMessage(error)}", null, error),
            _ => new IndexUnavailableException(text, RetryAfter(error), error),
        };
    }

    private IndexException Exhausted(RpcException error, string text)
    {
        if (Contains(error, "message exceeds the maximum configured message size"))
        {
            return new InvalidRequestException($"The answer of Qdrant at {Server} has more than {options.MaxAnswerBytes >> 20} MiB: ask for fewer points at once.", error);
        }

        if (RetryAfter(error) is { } wait)
        {
            return new IndexUnavailableException($"{text}. It asks to wait {wait.TotalSeconds:0} s.", wait, error);
        }

        // A rate limit without a time to wait is one that this request alone exceeds.
        return Contains(error, "Rate limit")
            ? new InvalidRequestException($"{text}. One request may never be as large: lower the batch size, or have the limit raised.", error)
            : new IndexFullException(text, error);
    }

    private static TimeSpan? RetryAfter(RpcException error) =>
        error.Trailers.GetValue("retry-after") is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 3600)) : null;

    private static bool IsStrictMode(RpcException error) => Contains(error, "Index required but not found") || Contains(error, "Help: ");

    private static bool SpeaksNoHttp2(RpcException error) => error.Status.DebugException is not null
        && (Contains(error, "HTTP_1_1_REQUIRED") || Contains(error, "HTTP/2 handshake") || Contains(error, "sent invalid data on the connection"));

    private static bool IsConsistencyFailure(RpcException error) =>
        Contains(error, "Consistency of this update is not guaranteed") || Contains(error, "ordering via leader") || Contains(error, "no leader could be selected")
        || Contains(error, "no active replica");

    private static bool IsTls(RpcException error)
    {
        for (Exception? cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is System.Security.Authentication.AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }

    private static string InnermostMessage(RpcException error)
    {
        var cause = error.Status.DebugException;
        while (cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause?.Message ?? Detail(error);
    }

    private static bool Contains(RpcException error, string words) =>
        error.Status.Detail.Contains(words, StringComparison.OrdinalIgnoreCase) || (error.Status.DebugException?.ToString().Contains(words, StringComparison.OrdinalIgnoreCase) ?? false);

    private static string Detail(RpcException error) => error.Status.Detail is { Length: > 0 } detail ? detail[..Math.Min(detail.Length, 2048)] : "no reason given";
}

/// <summary>The server already has what was to be made; never leaves this folder.</summary>
internal sealed class QdrantExistsException(string message, Exception? innerException) : IndexException(message, innerException);
