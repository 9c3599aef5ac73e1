using FaceVoice.Models.Hub;

namespace FaceVoice.Cli.Hub;

/// <summary>Which hub, whose token, where the cache is: what the hub's own client documents of its environment variables.</summary>
internal sealed record HubSettings
{
    private const string PublicHub = "https://huggingface.co";

    /// <summary>The hub's address, with a slash at its end.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The access token; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network must not be asked.</summary>
    public bool Offline { get; init; }

    public required HubCache Cache { get; init; }

    /// <summary>The largest file that is fetched, in bytes.</summary>
    public long MaxFileBytes { get; init; } = 4L << 30;

    /// <summary>How long is waited before a cut download goes on; doubled each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <exception cref="HubException">A variable has a value that cannot be used; the message names it.</exception>
    public static HubSettings FromEnvironment()
    {
        var endpoint = Variable("HF_ENDPOINT") ?? PublicHub;
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            throw new HubException($"HF_ENDPOINT is {endpoint}: an http(s) address is needed, such as {PublicHub}.");
        }

        var token = IsTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : FindToken();
        if (token is not null && address.Scheme == "http" && !address.IsLoopback)
        {
            throw new HubException(
                $"HF_ENDPOINT is {endpoint}: the access token would cross the network unprotected. Use https, or unset HF_TOKEN.");
        }

        return new HubSettings
        {
            Endpoint = address,
            Token = token,
            Offline = IsTrue("HF_HUB_OFFLINE"),
            Cache = HubCache.FromEnvironment(),
        };
    }

    private static string? FindToken()
    {
        var file = Variable("HF_TOKEN_PATH") ?? Path.Combine(HubCache.Home, "token");
        var token = (Variable("HF_TOKEN") ?? (File.Exists(file) ? File.ReadAllText(file) : "")).Trim();
        return token.Length == 0 ? null
            : token.All(c => c is > ' ' and < (char)127) ? token
            : throw new HubException(
                "The access token (HF_TOKEN, or the file that HF_TOKEN_PATH names) is one line of printable ASCII; what is there is not.");
    }

    private static bool IsTrue(string name) => Variable(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
