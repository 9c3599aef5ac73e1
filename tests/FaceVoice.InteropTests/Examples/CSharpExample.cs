using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FaceVoice.InteropTests.Examples;

/// <summary>A caller in C#, as the README shows it: FaceVoice.Protocol is the client library.</summary>
internal static class CSharpExample
{
    public static async Task<SearchHit> RunAsync(string address, string apiKey, string facePath, string voicePath)
    {
        using var channel = GrpcChannel.ForAddress($"http://{address}");
        var metadata = new Metadata { { "authorization", $"Bearer {apiKey}" } };
        var face = new FaceSample { Image = new FaceImage { Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(facePath)) } };
        var voice = new VoiceSample { Audio = new VoiceAudio { Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(voicePath)) } };

        var index = new IndexService.IndexServiceClient(channel);
        await index.EnrollAsync(new EnrollRequest { RequestId = "example-anna-1", Identity = "anna", Voices = { voice } }, metadata);

        var matching = new MatchingService.MatchingServiceClient(channel);
        var match = await matching.MatchAsync(new MatchRequest { Faces = { face }, Voices = { voice } }, metadata);
        Console.Error.WriteLine($"score {match.Score:F3}, probability {match.Probability:F3}, {match.Verdict} {string.Join("; ", match.Reasons)}");

        var found = await index.SearchAsync(new SearchRequest { Voice = voice, Space = Space.Speaker, Limit = 3 }, metadata);
        return found.Hits[0];
    }
}
