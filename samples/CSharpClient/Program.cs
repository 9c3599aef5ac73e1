// Enrols a voice, matches a face with it and searches for it.
// usage: CSharpClient http(s)://HOST:PORT FACE VOICE [API_KEY_FILE [AUTHORITY_FILE]]
using System.Security.Cryptography.X509Certificates;
using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

if (args is not [var address, var facePath, var voicePath, .. { Length: <= 2 } more])
{
    Console.Error.WriteLine("usage: CSharpClient http(s)://HOST:PORT FACE VOICE [API_KEY_FILE [AUTHORITY_FILE]]");
    return 2;
}

var apiKey = more.Length > 0 ? (await File.ReadAllTextAsync(more[0])).Trim() : "";
var options = new GrpcChannelOptions
{
    MaxReceiveMessageSize = 16 << 20,
    HttpHandler = Handler(authorityFile: more.ElementAtOrDefault(1)),
    DisposeHttpClient = true,
};
try
{
    using var channel = GrpcChannel.ForAddress(address, options);
    var metadata = new Metadata { { "authorization", $"Bearer {apiKey}" } };
    var face = new FaceSample { Image = new FaceImage { Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(facePath)) } };
    var voice = new VoiceSample { Audio = new VoiceAudio { Data = ByteString.CopyFrom(await File.ReadAllBytesAsync(voicePath)) } };

    var index = new IndexService.IndexServiceClient(channel);
    await index.EnrollAsync(new EnrollRequest { RequestId = "example-anna-1", Identity = "anna", Voices = { voice } }, metadata);

    var matching = new MatchingService.MatchingServiceClient(channel);
    var match = await matching.MatchAsync(new MatchRequest { Faces = { face }, Voices = { voice } }, metadata);
    Console.Error.WriteLine($"score {match.Score:F3}, probability {match.Probability:F3}, {string.Join("; ", match.Reasons)}{match.Meaning}");
    Console.WriteLine(JsonFormatter.Default.Format(match));

    var found = await index.SearchAsync(new SearchRequest { Voice = voice, Space = Space.Speaker, Limit = 3 }, metadata);
    foreach (var hit in found.Hits)
    {
        Console.WriteLine($"{hit.Score:F3} {hit.Identity}");
    }

    return 0;
}
catch (RpcException error)
{
    Console.Error.WriteLine($"{error.StatusCode}: {error.Status.Detail}");
    return 1;
}

// A server whose certificate was signed by an authority of your own: that one is trusted, and no other.
static SocketsHttpHandler Handler(string? authorityFile)
{
    var handler = new SocketsHttpHandler();
    if (authorityFile is not null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        handler.SslOptions.CertificateChainPolicy = policy;
    }

    return handler;
}
