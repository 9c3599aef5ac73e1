namespace FaceVoice.Server.Middleware;

/// <summary>Left on a request by the error interceptor: how its call ended.</summary>
internal sealed class CallOutcome
{
    public int StatusCode { get; set; }
}
