using System.Numerics.Tensors;
using FaceVoice.Models;
using FaceVoice.Protocol.V1;
using FaceVoice.Server.Engines;
using FaceVoice.Server.Middleware;
using Google.Protobuf;

namespace FaceVoice.Server.Wire;

/// <summary>Embeddings on the wire.</summary>
internal static class EmbeddingWire
{
    private const float UnitLengthTolerance = 1e-6f;

    public static Protocol.V1.Embedding ToWire(Models.Embedding embedding) => ToWire(embedding.ModelId, SpaceNames.ToWire(embedding.Space), embedding.Vector.Span);

    /// <param name="modelId">The model.</param>
    /// <param name="space">The space.</param>
    /// <param name="vector">Finite values: an answer is never without them.</param>
    public static Protocol.V1.Embedding ToWire(string modelId, Space space, ReadOnlySpan<float> vector)
    {
        var wire = new Protocol.V1.Embedding { ModelId = modelId, Space = space };
        wire.Values.AddRange(vector);
        return wire;
    }

    /// <summary>Checks and normalises an embedding that a caller sent.</summary>
    public static Models.Embedding FromWire(Protocol.V1.Embedding wire, IServedEngine engine)
    {
        var modelId = engine.Manifest.ModelId;
        if (wire.ModelId != modelId)
        {
            throw new ModelMismatchException("the embedding", modelId, wire.ModelId.Length == 0 ? "(none named)" : wire.ModelId);
        }

        var space = SpaceNames.FromWire(wire.Space);
        var dimension = engine.DimensionOf(space) ?? throw Refusal.FailedPrecondition($"The model has no {space} space.");
        if (wire.Values.Count != dimension)
        {
            throw Refusal.InvalidArgument($"The embedding has {wire.Values.Count} numbers; the {space} space has {dimension}.");
        }

        var vector = wire.Values.ToArray();
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(vector));
        if (!(largest > 0 && float.IsFinite(largest)))
        {
            throw Refusal.InvalidArgument(largest == 0
                ? "The embedding holds only zeros, so it has no direction."
                : "The embedding holds numbers that are not finite.");
        }

        // What an answer held comes back as it was, bit for bit, and so finds the same scores. The squares of other numbers may leave float32.
        if (MathF.Abs(TensorPrimitives.Norm<float>(vector) - 1) is not <= UnitLengthTolerance)
        {
            TensorPrimitives.Divide(vector, largest, vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }

        return new Models.Embedding(modelId, space, vector);
    }
}
