using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>
/// A server that answers as Qdrant's HTTP API does, in memory: the part of the API that a vector store uses, strict about what it is sent.
/// </summary>
internal sealed class QdrantDouble : IAsyncDisposable
{
    private const int MaxBody = 32 << 20;
    private readonly WebApplication _app;
    private readonly Dictionary<string, DoubleCollection> _collections = [];
    private readonly Dictionary<string, string> _aliases = [];
    private readonly string? _apiKey;

    private QdrantDouble(WebApplication app, string? apiKey) => (_app, _apiKey) = (app, apiKey);

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Answers to give instead of the real ones, first come first served; a handler that returns false lets the request through.</summary>
    public ConcurrentQueue<Func<HttpContext, Task<bool>>> Faults { get; } = new();

    /// <summary>Every request line that was answered, faults included.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<QdrantDouble> StartAsync(string? apiKey = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);
        var app = builder.Build();
        var server = new QdrantDouble(app, apiKey);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        if (Faults.TryDequeue(out var fault) && await fault(context))
        {
            return;
        }

        var isOpen = context.Request.Path.Value is "/" or "/healthz" or "/livez" or "/readyz";
        var key = context.Request.Headers["api-key"].ToString() is { Length: > 0 } header ? header : context.Request.Headers.Authorization.ToString().Replace("Bearer ", string.Empty, StringComparison.Ordinal);
        if (_apiKey is not null && !isOpen && key != _apiKey)
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync(key.Length == 0 ? "Must provide an API key or an Authorization bearer token" : "Invalid API key or JWT");
            return;
        }

        var (status, body) = await AnswerAsync(context.Request);
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private async Task<(HttpStatusCode Status, JsonNode Body)> AnswerAsync(HttpRequest request)
    {
        try
        {
            var body = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0 ? await JsonNode.ParseAsync(request.Body) as JsonObject : null;
            if (request.Path.Value == "/")
            {
                return (HttpStatusCode.OK, new JsonObject { ["title"] = "qdrant - vector search engine", ["version"] = "1.19.0", ["commit"] = "double" });
            }

            lock (_collections)
            {
                var result = Route(request.Method, request.Path.Value!.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray(), request.Query, body ?? []);
                return (HttpStatusCode.OK, new JsonObject { ["result"] = result, ["status"] = "ok", ["time"] = 0.0001, ["usage"] = null });
            }
        }
        catch (DoubleError error)
        {
            return (error.Status, Refusal(error.Message));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return (HttpStatusCode.BadRequest, Refusal($"Format error in JSON body: {error.Message}"));
        }
    }

    private static JsonObject Refusal(string message) => new() { ["result"] = null, ["status"] = new JsonObject { ["error"] = message }, ["time"] = 0.0001 };

    private JsonNode? Route(string method, string[] path, IQueryCollection query, JsonObject body) => (method, path) switch
    {
        ("GET", ["collections"]) => new JsonObject { ["collections"] = new JsonArray([.. _collections.Keys.Select(n => new JsonObject { ["name"] = n })]) },
        ("GET", ["aliases"]) => new JsonObject { ["aliases"] = new JsonArray([.. _aliases.Select(a => new JsonObject { ["alias_name"] = a.Key, ["collection_name"] = a.Value })]) },
        ("POST", ["collections", "aliases"]) => ChangeAliases(body),
        ("GET", ["collections", var name, "exists"]) => new JsonObject { ["exists"] = _collections.ContainsKey(Real(name)) },
        ("PUT", ["collections", var name]) => Create(name, body),
        ("DELETE", ["collections", var name]) => _collections.Remove(Real(name)),
        ("GET", ["collections", var name]) => Find(name).Info(),
        ("PUT", ["collections", var name, "index"]) => Find(name).IndexField(body),
        ("PUT", ["collections", var name, "points"]) => Write(query, Find(name).Upsert, body),
        ("POST", ["collections", var name, "points", "delete"]) => Write(query, Find(name).Delete, body),
        ("POST", ["collections", var name, "points"]) => Find(name).Retrieve(body),
        ("GET", ["collections", var name, "points", var id]) => Find(name).RetrieveOne(id),
        ("POST", ["collections", var name, "points", "query"]) => Find(name).Query(body),
        ("POST", ["collections", var name, "points", "query", "batch"]) => QueryBatch(Find(name), body),
        ("POST", ["collections", var name, "points", "scroll"]) => Find(name).Scroll(body),
        ("POST", ["collections", var name, "points", "count"]) => Find(name).Count(body),
        _ => throw new DoubleError(HttpStatusCode.NotFound, string.Empty),
    };

    private static JsonArray QueryBatch(DoubleCollection collection, JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "searches");
        return new([.. body["searches"]!.AsArray().Select(s => collection.Query(s!.AsObject()))]);
    }

    private static JsonObject Write(IQueryCollection query, Action<JsonObject> write, JsonObject body)
    {
        if (query["ordering"].ToString() is not ("" or "weak" or "medium" or "strong"))
        {
            throw new DoubleError(HttpStatusCode.BadRequest, "unknown variant of ordering");
        }

        write(body);
        return new JsonObject { ["operation_id"] = 1, ["status"] = query["wait"] == "true" ? "completed" : "acknowledged" };
    }

    private string Real(string name) => _aliases.GetValueOrDefault(name, name);

    private DoubleCollection Find(string name) =>
        _collections.GetValueOrDefault(Real(name)) ?? throw new DoubleError(HttpStatusCode.NotFound, $"Not found: Collection `{name}` doesn't exist!");

    private JsonNode Create(string name, JsonObject body)
    {
        if (_collections.ContainsKey(name))
        {
            throw new DoubleError(HttpStatusCode.Conflict, $"Wrong input: Collection `{name}` already exists!");
        }

        _collections[name] = new DoubleCollection(body);
        return true;
    }

    private JsonNode ChangeAliases(JsonObject body)
    {
        DoubleError.MustHaveOnly(body, "actions");
        foreach (var action in body["actions"]!.AsArray())
        {
            var (kind, change) = action!.AsObject().Single();
            var alias = (string)change!["alias_name"]!;
            switch (kind)
            {
                case "create_alias":
                    var target = (string)change["collection_name"]!;
                    _ = Find(target);
                    _aliases[alias] = target;
                    break;
                case "delete_alias":
                    _aliases.Remove(alias);
                    break;
                default:
                    throw new DoubleError(HttpStatusCode.BadRequest, $"unknown action {kind}");
            }
        }

        return true;
    }
}
