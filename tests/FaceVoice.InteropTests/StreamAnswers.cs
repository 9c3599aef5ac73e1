using FaceVoice.Protocol.V1;

namespace FaceVoice.InteropTests;

/// <summary>Gathers the answers of a stream.</summary>
internal static class StreamAnswers
{
    public static async Task<Dictionary<string, EmbedStreamResponse>> ToDictionaryAsync(this IAsyncEnumerable<EmbedStreamResponse> answers)
    {
        var byId = new Dictionary<string, EmbedStreamResponse>();
        await foreach (var answer in answers)
        {
            byId.Add(answer.Id, answer);
        }

        return byId;
    }
}
