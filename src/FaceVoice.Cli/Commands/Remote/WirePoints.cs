using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using Google.Protobuf.Collections;
using SearchHit = FaceVoice.Index.SearchHit;

namespace FaceVoice.Cli.Commands.Remote;

/// <summary>Samples of a server's index, in the terms of an index in this process.</summary>
internal static class WirePoints
{
    public static IndexPoint Point(Sample sample) => new()
    {
        Id = sample.SampleId,
        Identity = Identity(sample.Identity),
        Modality = OfWire(sample.Modality),
        Vectors = sample.Embeddings.ToDictionary(e => Name(e.Space), e => (ReadOnlyMemory<float>)e.Values.ToArray()),
        Payload = Payload(sample.Attributes),
    };

    public static SearchHit Hit(Protocol.V1.SearchHit hit) => new()
    {
        Id = hit.SampleId,
        Score = hit.Score,
        Identity = Identity(hit.Identity),
        Modality = OfWire(hit.Modality),
        Payload = Payload(hit.Attributes),
    };

    public static IndexStats Stats(StatsResponse stats) => new()
    {
        Backend = stats.Backend,
        Schema = new IndexSchema(stats.ModelId, stats.Dimensions),
        Points = stats.Samples,
        PointsByVector = stats.SamplesBySpace,
        GraphPoints = stats.GraphSamples.Count > 0 || stats.HasDeadSamples ? stats.GraphSamples : null,
        DeadPoints = stats.HasDeadSamples ? stats.DeadSamples : null,
        DiskBytes = stats.HasDiskBytes ? stats.DiskBytes : null,
        LogBytes = stats.HasLogBytes ? stats.LogBytes : null,
        IsEncrypted = stats.HasEncrypted ? stats.Encrypted : null,
        HasRenewableTemplates = stats.HasRenewableTemplates ? stats.RenewableTemplates : null,
    };

    public static Space SpaceOf(string vectorName) => vectorName switch
    {
        VectorName.Joint => Space.Joint,
        VectorName.Speaker => Space.Speaker,
        _ => throw new Terminal.UsageException($"a server has the spaces joint and speaker, not '{vectorName}'."),
    };

    private static string Name(Space space) => space == Space.Joint ? VectorName.Joint : VectorName.Speaker;

    private static string? Identity(string wire) => wire.Length > 0 ? wire : null;

    private static PointModality OfWire(Modality modality) => modality == Modality.Face ? PointModality.Face : PointModality.Voice;

    private static Dictionary<string, PayloadValue> Payload(MapField<string, AttributeValue> attributes) => attributes.ToDictionary(a => a.Key, a => a.Value.KindCase switch
    {
        AttributeValue.KindOneofCase.Number => PayloadValue.FromNumber(a.Value.Number),
        AttributeValue.KindOneofCase.TimeUnixMicros => PayloadValue.FromTime(DateTimeOffset.UnixEpoch.AddTicks(a.Value.TimeUnixMicros * TimeSpan.TicksPerMicrosecond)),
        _ => PayloadValue.FromKeywords([.. a.Value.Keywords.Values]),
    });
}
