using FaceVoice.Index;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Middleware;

namespace FaceVoice.Server.Wire;

/// <summary>Spaces of the wire, of the model and of the index.</summary>
internal static class SpaceNames
{
    public static Space ToWire(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Joint => Space.Joint,
        EmbeddingSpace.Face => Space.Face,
        EmbeddingSpace.Speaker => Space.Speaker,
        _ => throw new ArgumentOutOfRangeException(nameof(space)),
    };

    /// <summary>The space of a request; the joint one where it names none.</summary>
    public static EmbeddingSpace FromWire(Space space) => space switch
    {
        Space.Unspecified or Space.Joint => EmbeddingSpace.Joint,
        Space.Face => EmbeddingSpace.Face,
        Space.Speaker => EmbeddingSpace.Speaker,
        _ => throw Refusal.InvalidArgument($"Space {(int)space} is not known; 1 (joint), 2 (face) and 3 (speaker) are."),
    };

    public static string ToVectorName(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Joint => VectorName.Joint,
        EmbeddingSpace.Speaker => VectorName.Speaker,
        _ => throw Refusal.InvalidArgument("The index has the joint and the speaker space; the face space is not kept."),
    };

    public static Space OfVectorName(string name) => name switch
    {
        VectorName.Joint => Space.Joint,
        VectorName.Speaker => Space.Speaker,
        _ => Space.Unspecified,
    };
}

/// <summary>What a model can know, as the wire has it.</summary>
internal static class CapabilityWire
{
    public static Protocol.V1.ModelCapability? ToWire(Models.ModelCapability? capability) => capability is null ? null : new()
    {
        Associates = { capability.Associates },
        Identity = capability.Identity,
        Statement = capability.Statement,
    };
}
