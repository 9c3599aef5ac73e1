using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using FaceVoice.Models;
using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Hub;

/// <summary>
/// Asks a hub by its documented HTTP interface: <c>GET /api/models/OWNER/NAME/revision/REVISION?blobs=true</c> for the commit and the
/// files,
/// <c>GET /OWNER/NAME/resolve/COMMIT/PATH</c> for their content. Redirects are followed by hand, because the token is for the hub alone.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MaxRedirects = 5;
    private const int MaxListingBytes = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HubSettings _settings;
    private readonly HttpClient _http;

    public HubClient(HubSettings settings)
    {
        _settings = settings;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var version = typeof(
            HubClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("facevoice", version ?? "0"));

        // What is resumed and hashed are the file's own bytes, never a compressed form of them.
        _http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The commit that a revision means now, and its files.</summary>
    /// <exception cref="HubException">The hub refused or cannot be reached.</exception>
    public async Task<HubListing> ListAsync(HubModelName model, CancellationToken cancellationToken)
    {
        var address = new Uri(_settings.Endpoint, $"api/models/{model.Id}/revision/{Uri.EscapeDataString(model.Revision)}?blobs=true");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await SendAsync(address, 0, model.ToString(), cancellationToken);
                await using var body = await answer.OpenAsync(cancellationToken);
                using var json = new MemoryStream();
                var buffer = new byte[1 << 16];
                for (int read; (read = await ReadAsync(body, buffer, cancellationToken)) > 0;)
                {
                    json.Write(buffer, 0, read);
                    if (json.Length > MaxListingBytes)
                    {
                        throw new HubException($"{model}: the list of files is longer than {MaxListingBytes >> 20} MiB.");
                    }
                }

                return HubListing.Parse(json.ToArray(), model);
            }
            catch (BrokenTransferException broken)
            {
                await WaitAsync(attempt, $"{model}: {broken.Message}", broken, cancellationToken);
            }
        }
    }

    /// <summary>Opens a file's content.</summary>
    /// <param name="model">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The path in it.</param>
    /// <param name="offset">The first byte that is wanted; the answer says which one it begins with.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    /// <exception cref="HubException">The hub refused or cannot be reached.</exception>
    /// <exception cref="BrokenTransferException">It is worth trying again.</exception>
    public async Task<HubAnswer> OpenAsync(HubModelName model, string commit, string file, long offset, CancellationToken cancellationToken)
    {
        var path = string.Join('/', file.Split('/').Select(Uri.EscapeDataString));
        var answer = await SendAsync(
            new Uri(_settings.Endpoint, $"{model.Id}/resolve/{commit}/{path}"), offset, $"{model}, {file}", cancellationToken);
        if (answer.Commit is { } actual && actual != commit)
        {
            answer.Dispose();
            throw new HubException($"{model}, {file}: asked for commit {commit}, the hub sent {actual}.");
        }

        return answer;
    }

    /// <summary>Reads a piece of a body; a connection that says nothing for half a minute counts as cut.</summary>
    public static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await body.ReadAsync(buffer, patience.Token);
        }
        catch (Exception error) when (error is IOException or HttpRequestException || (error is OperationCanceledException
            && !cancellationToken.IsCancellationRequested))
        {
            throw new BrokenTransferException($"the connection was cut ({error.Message})", error);
        }
    }

    /// <summary>Waits before another try, longer each time; gives up after five.</summary>
    public async Task WaitAsync(int attempt, string message, Exception cause, CancellationToken cancellationToken)
    {
        const int MaxAttempts = 5;
        if (attempt >= MaxAttempts)
        {
            throw new HubException(
                $"{message}; given up after {attempt} tries. What came is kept: the same command goes on from there.", cause);
        }

        await Task.Delay(_settings.RetryDelay * Math.Pow(2, attempt - 1), cancellationToken);
    }

    private async Task<HubAnswer> SendAsync(Uri address, long offset, string subject, CancellationToken cancellationToken)
    {
        string? commit = null, hash = null;
        for (var step = 0; step <= MaxRedirects; step++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            var ours = IsHub(address);
            if (ours && _settings.Token is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            if (offset > 0)
            {
                request.Headers.Range = new RangeHeaderValue(offset, null);
            }

            var response = await SendAsync(request, subject, cancellationToken);
            if (ours)
            {
                // A store behind the hub has tags of its own; the hub's words about the file count.
                commit ??= Header(response, "X-Repo-Commit");
                hash ??= Hash(Header(response, "X-Linked-Etag")) ?? Hash(Header(response, "ETag"));
            }

            if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                address = Next(address, response.Headers.Location, subject);
                response.Dispose();
                continue;
            }

            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return new HubAnswer(response, commit, hash);
            }

            using (response)
            {
                throw Refusal(response, address, subject);
            }
        }

        throw new HubException($"{subject}: more than {MaxRedirects} redirects, the last to {address.Host}.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string subject, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrokenTransferException($"no answer from {request.RequestUri!.Authority} within {Patience.TotalSeconds} s", error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.Unknown)
        {
            throw new BrokenTransferException($"the connection to {request.RequestUri!.Authority} was cut ({error.Message})", error);
        }
        catch (HttpRequestException error)
        {
            throw new HubException(
                $"{subject}: {request.RequestUri!.Authority} cannot be reached ({error.InnerException?.Message ?? error.Message}). "
                + "Models that are in the cache work without it; HF_ENDPOINT names another hub.",
                error);
        }
    }

    private static Uri Next(Uri address, Uri? location, string subject)
    {
        var next = location is null ? null : new Uri(address, location);
        return next is { Scheme: "https" } || (next is { Scheme: "http" } && address.Scheme == "http") ? next
            : throw new HubException(
                $"{subject}: {address.Host} redirects to {next?.GetLeftPart(UriPartial.Path) ?? "nowhere"}, which is not followed.");
    }

    private bool IsHub(Uri address) =>
        address.Scheme == _settings.Endpoint.Scheme && address.Port == _settings.Endpoint.Port
        && string.Equals(address.IdnHost, _settings.Endpoint.IdnHost, StringComparison.OrdinalIgnoreCase);

    private Exception Refusal(HttpResponseMessage response, Uri address, string subject)
    {
        var status = (int)response.StatusCode;
        var code = Header(response, "X-Error-Code");
        var detail = $"{address.Host} answered {status}{(code is null ? "" : $" {Plain(code)}")}";
        var token = _settings.Token is null
            ? "Set HF_TOKEN to an access token if it is private." : "Look whether the access token may read it.";
        return (status, code) switch
        {
            (401, _) or (403, not "GatedRepo") =>
                new HubException($"{subject}: {detail}: no such repository, or it may not be read. {token}"),
            (403, _) => new HubException($"{subject}: {detail}: its terms must be accepted on the hub's page first, and HF_TOKEN set."),
            (404, "RevisionNotFound") => new HubException($"{subject}: {detail}: there is no such branch, tag or commit."),
            (404, "EntryNotFound") => new HubException($"{subject}: {detail}: there is no such file."),
            (404, _) => new HubException($"{subject}: {detail}: there is no such repository or revision. {token}"),
            (408 or 425 or 429 or >= 500, _) => new BrokenTransferException(detail, null),
            _ => new HubException($"{subject}: {detail}."),
        };
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static string Plain(string text) => new([.. text.Where(char.IsAsciiLetterOrDigit).Take(40)]);

    private static string? Hash(string? tag)
    {
        var text = tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag;
        text = text?.Trim('"');
        return HubModelName.IsCommit(text) || ContentHash.IsWellFormed(text) ? text : null;
    }
}

/// <summary>An answer with a body. Owns it.</summary>
/// <param name="response">The last response, behind all redirects.</param>
/// <param name="commit">The commit that the hub says the file is of.</param>
/// <param name="hash">The file's hash as the hub says it.</param>
internal sealed class HubAnswer(HttpResponseMessage response, string? commit, string? hash) : IDisposable
{
    public string? Commit => commit;

    public string? Hash => hash;

    /// <summary>Whether the range that was asked for lies behind the file's end.</summary>
    public bool IsBeyondEnd => response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;

    /// <summary>The first byte of the body: 0 if the server took no notice of the range.</summary>
    public long Offset => response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? -1 : 0;

    /// <summary>The length of the whole file, if the server says it.</summary>
    public long? Total => response.StatusCode == HttpStatusCode.PartialContent
        ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength;

    /// <summary>What is said of the range, for messages.</summary>
    public string Range => string.Create(
        CultureInfo.InvariantCulture, $"{(int)response.StatusCode}, Content-Range {response.Content.Headers.ContentRange}");

    public Task<Stream> OpenAsync(CancellationToken cancellationToken) => response.Content.ReadAsStreamAsync(cancellationToken);

    public void Dispose() => response.Dispose();
}

/// <summary>The connection failed in a way that may be gone in a moment.</summary>
internal sealed class BrokenTransferException(string message, Exception? cause) : Exception(message, cause);
