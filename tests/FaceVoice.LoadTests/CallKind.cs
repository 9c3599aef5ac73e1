using System.Buffers.Binary;
using FaceVoice.Protocol.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FaceVoice.LoadTests;

/// <summary>One kind of call: where it goes, and its requests as they go over the wire, made before anything is measured.</summary>
/// <param name="Name">How the figures name it.</param>
/// <param name="Path">The path of the method.</param>
/// <param name="Requests">Messages behind their gRPC prefix, taken in turn.</param>
/// <param name="Parser">Reads the answers.</param>
internal sealed record CallKind(string Name, string Path, IReadOnlyList<byte[]> Requests, MessageParser Parser)
{
    private const int PrefixBytes = 5;

    /// <summary>The names of all kinds, in the order in which they are told of.</summary>
    public static IReadOnlyList<string> Names { get; } = ["face", "voice", "match", "search", "enroll"];

    /// <summary>A kind by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="media">What the requests hold.</param>
    /// <param name="run">Makes the ids of enrolments new: one that comes again is answered without work.</param>
    public static CallKind Of(string name, LoadMedia media, string run) => name switch
    {
        "face" => Face(media.Faces),
        "voice" => Voice(media.Voices),
        "match" => new(
            name,
            PathOf(MatchingService.Descriptor, "Match"),
            Frames(media.Faces.Select((face, i) => new MatchRequest { Faces = { Sample(face) }, Voices = { Voice(media.Voices[i % media.Voices.Count]) } })),
            MatchResponse.Parser),
        "search" => new(
            name,
            PathOf(IndexService.Descriptor, "Search"),
            Frames(media.Faces.Select(face => new SearchRequest { Face = Sample(face) })),
            SearchResponse.Parser),
        "enroll" => new(
            name,
            PathOf(IndexService.Descriptor, "Enroll"),
            Frames(media.Faces.Select((face, i) =>
                new EnrollRequest { RequestId = $"{run}-{i}", Identity = $"person {i}", Faces = { Sample(face) }, AcceptPoor = true })),
            EnrollResponse.Parser),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such kind of call."),
    };

    public static CallKind Face(IEnumerable<ByteString> media) => new(
        "face",
        PathOf(EmbeddingService.Descriptor, "EmbedFace"),
        Frames(media.Select(face => new EmbedFaceRequest { Face = new() { Data = face }, Spaces = { Space.Face } })),
        EmbedFaceResponse.Parser);

    public static CallKind Voice(IEnumerable<ByteString> media) => new(
        "voice",
        PathOf(EmbeddingService.Descriptor, "EmbedVoice"),
        Frames(media.Select(voice => new EmbedVoiceRequest { Voice = new() { Data = voice }, Spaces = { Space.Speaker } })),
        EmbedVoiceResponse.Parser);

    /// <summary>The stages of an answer as it came.</summary>
    public IReadOnlyList<StageTiming> Stages(byte[] answer) => Parser.ParseFrom(answer.AsSpan(PrefixBytes)) switch
    {
        EmbedFaceResponse face => face.Timings,
        EmbedVoiceResponse voice => voice.Timings,
        _ => [],
    };

    private static FaceSample Sample(ByteString face) => new() { Image = new() { Data = face } };

    private static VoiceSample Voice(ByteString voice) => new() { Audio = new() { Data = voice } };

    private static string PathOf(ServiceDescriptor service, string method) =>
        $"/{service.FullName}/{service.FindMethodByName(method).Name}";

    private static List<byte[]> Frames(IEnumerable<IMessage> messages) => [.. messages.Select(message =>
    {
        var frame = new byte[PrefixBytes + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixBytes);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    })];
}
