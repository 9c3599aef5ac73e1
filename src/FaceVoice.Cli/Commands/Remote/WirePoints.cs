using FaceVoice.Index;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Wire;
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
        Vectors = sample.Embeddings.ToDictionary(
            e => SpaceNames.ToVectorName(SpaceNames.FromWire(e.Space)), e => (ReadOnlyMemory<float>)e.Values.ToArray()),
        Payload = AttributeWire.FromWire(sample.Attributes),
    };

    public static SearchHit Hit(Protocol.V1.SearchHit hit) => new()
    {
        Id = hit.SampleId,
        Score = hit.Score,
        Identity = Identity(hit.Identity),
        Modality = OfWire(hit.Modality),
        Payload = AttributeWire.FromWire(hit.Attributes),
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

    public static Space SpaceOf(string vectorName) => SpaceNames.OfVectorName(vectorName) is var space and not Space.Unspecified
        ? space
        : throw new Terminal.UsageException($"a server has the spaces joint and speaker, not '{vectorName}'.");

    private static string? Identity(string wire) => wire.Length > 0 ? wire : null;

    private static PointModality OfWire(Modality modality) => modality == Modality.Face ? PointModality.Face : PointModality.Voice;
}
