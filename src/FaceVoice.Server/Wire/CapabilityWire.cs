using FaceVoice.Protocol.V1;

namespace FaceVoice.Server.Wire;

/// <summary>What a model can know, as the wire has it.</summary>
internal static class CapabilityWire
{
    public static ModelCapability? ToWire(FaceVoice.Models.ModelCapability? capability) => capability is null ? null : new ModelCapability
    {
        Associates = { capability.Associates },
        Identity = capability.Identity,
        Statement = capability.Statement,
    };
}
