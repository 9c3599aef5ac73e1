using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Cli.Tests.Hub;

/// <summary>
/// A hub on this machine that behaves as the hub's HTTP interface is documented: the list of a model's files, files by commit, large ones
/// by a redirect to
/// a store at another address; and, where a test asks for it, that misbehaves.
/// </summary>
internal sealed class LoopbackHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication _application;
    private readonly int _hubPort;
    private readonly ConcurrentDictionary<string, int> _cuts = new();

    private LoopbackHub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0", "http://127.0.0.2:0");
        _application = builder.Build();
        _application.Run(AnswerAsync);
        _application.Start();
        Endpoint = _application.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal));
        Store = _application.Urls.Single(url => url.Contains("127.0.0.2", StringComparison.Ordinal));
        _hubPort = new Uri(Endpoint).Port;
    }

    public string Endpoint { get; }

    public string Store { get; }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>What <c>main</c> is.</summary>
    public string Head { get; set; } = Commit;

    /// <summary>The one token that is let in; null for everyone.</summary>
    public string? Token { get; set; }

    /// <summary>The refusal of every request: status and X-Error-Code.</summary>
    public (int Status, string? Code)? Refusal { get; set; }

    /// <summary>After how many bytes the store cuts a file's connection, and how often.</summary>
    public (int Bytes, int Times)? Cut { get; set; }

    /// <summary>After how many bytes the store falls silent in the middle of a large file, until the client leaves.</summary>
    public int? HoldAfter { get; set; }

    public bool IgnoresRanges { get; set; }

    /// <summary>Whether the store changes a byte of what it sends.</summary>
    public bool Corrupts { get; set; }

    /// <summary>Whether lists leave sizes and hashes out, as those of older hubs do.</summary>
    public bool ListsNamesOnly { get; set; }

    /// <summary>Where large files are, instead of the store.</summary>
    public string? RedirectsTo { get; set; }

    /// <summary>Changes a list before it is sent.</summary>
    public Action<JsonObject>? Edit { get; set; }

    /// <summary>"ADDRESS PATH RANGE TOKEN" of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static LoopbackHub Start() => new();

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

#pragma warning disable CA5350 // as git names files
    public static string GitSha1(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData(
            [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")), .. content]));
#pragma warning restore CA5350

    public static bool IsLarge(string path) => path.EndsWith(".ckpt", StringComparison.Ordinal)
        || path.EndsWith(".onnx", StringComparison.Ordinal);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var isHub = context.Connection.LocalPort == _hubPort;
        var path = context.Request.Path.Value!;
        Requests.Enqueue(
            $"{(isHub ? "hub" : "store")} {path} {context.Request.Headers.Range} {context.Request.Headers.Authorization}".TrimEnd());
        if (!isHub)
        {
            var file = Files.Single(entry => $"/{Sha256(entry.Value)}" == path);
            context.Response.Headers.ETag = "\"an-entity-tag-of-the-store\"";
            await SendAsync(context, file.Key, file.Value);
        }
        else if (Refusal is { } refusal)
        {
            Refuse(context, refusal.Status, refusal.Code);
        }
        else if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            Refuse(context, 401, "RepoNotFound");
        }
        else if (path.StartsWith("/api/models/owner/name/revision/", StringComparison.Ordinal))
        {
            await ListAsync(context, path.Split('/')[^1]);
        }
        else if (path.Split('/', 6) is ["", "owner", "name", "resolve", var commit, var name] && commit == Head
            && Files.TryGetValue(name, out var content))
        {
            await ResolveAsync(context, name, content);
        }
        else
        {
            Refuse(context, 404, path.Contains("/owner/name/", StringComparison.Ordinal) ? "EntryNotFound" : "RepoNotFound");
        }
    }

    private async Task ListAsync(HttpContext context, string revision)
    {
        if (revision != "main" && revision != Head)
        {
            Refuse(context, 404, "RevisionNotFound");
            return;
        }

        var siblings = Files.Select(file => (JsonNode)(ListsNamesOnly ? new JsonObject { ["rfilename"] = file.Key } : new JsonObject
        {
            ["rfilename"] = file.Key,
            ["size"] = file.Value.Length,
            ["blobId"] = GitSha1(file.Value),
            ["lfs"] = !IsLarge(file.Key)
                ? null : new JsonObject { ["sha256"] = Sha256(file.Value), ["size"] = file.Value.Length, ["pointerSize"] = 130 },
        }));
        var list = new JsonObject
        {
            ["id"] = "owner/name",
            ["sha"] = Head,
            ["private"] = false,
            ["siblings"] = new JsonArray([.. siblings]),
        };
        Edit?.Invoke(list);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(list.ToJsonString());
    }

    private async Task ResolveAsync(HttpContext context, string name, byte[] content)
    {
        context.Response.Headers["X-Repo-Commit"] = Head;
        if (!IsLarge(name))
        {
            context.Response.Headers.ETag = $"\"{GitSha1(content)}\"";
            await SendAsync(context, name, content);
            return;
        }

        context.Response.Headers.ETag = "\"of-the-redirect\"";
        context.Response.Headers["X-Linked-Etag"] = $"\"{Sha256(content)}\"";
        context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = RedirectsTo ?? $"{Store}/{Sha256(content)}";
    }

    private async Task SendAsync(HttpContext context, string name, byte[] content)
    {
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        var from = IgnoresRanges || range is null ? 0 : (int)range.From!.Value;
        if (from >= content.Length && from > 0)
        {
            context.Response.StatusCode = 416;
            context.Response.Headers.ContentRange = $"bytes */{content.Length}";
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - from;
        var body = content[from..];
        if (Corrupts && IsLarge(name))
        {
            body[^1] ^= 1;
        }

        if (IsLarge(name) && Cut is { } cut && body.Length > cut.Bytes && _cuts.AddOrUpdate(name, 1, (_, times) => times + 1) <= cut.Times)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, cut.Bytes));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        if (IsLarge(name) && HoldAfter is { } hold && body.Length > hold)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, hold));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        await context.Response.Body.WriteAsync(body);
    }

    private static void Refuse(HttpContext context, int status, string? code)
    {
        context.Response.StatusCode = status;
        if (code is not null)
        {
            context.Response.Headers["X-Error-Code"] = code;
        }
    }
}
