using System.Net;
using System.Text.Json.Nodes;

namespace FaceVoice.Index.Tests.Qdrant;

/// <summary>A refusal by the double.</summary>
internal sealed class DoubleError(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>Refuses a body with properties that the API does not name: the real server mostly ignores them, and a mistake would hide.</summary>
    public static void MustHaveOnly(JsonObject body, params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in body)
        {
            if (!names.Contains(name))
            {
                throw new DoubleError(HttpStatusCode.BadRequest, $"Format error in JSON body: unknown field `{name}`");
            }
        }
    }
}
