using System.Numerics.Tensors;

namespace FaceVoice.Index;

/// <summary>How vectors look in storage: of unit length, and rotated where the store has a template key. Thread-safe.</summary>
internal sealed class VectorSpace
{
    private readonly Dictionary<string, VectorRotation> _rotations;

    public VectorSpace(IndexSchema schema, StoreKey? templateKey) => _rotations = templateKey is null
        ? []
        : schema.Dimensions.ToDictionary(d => d.Key, d => VectorRotation.FromKey(templateKey, d.Key, d.Value), StringComparer.Ordinal);

    /// <summary>The stored form of a caller's vector.</summary>
    public float[] ToStored(string name, ReadOnlySpan<float> vector)
    {
        var unit = vector.ToArray();
        Normalise(unit);
        if (!_rotations.TryGetValue(name, out var rotation))
        {
            return unit;
        }

        var rotated = new float[unit.Length];
        rotation.Apply(unit, rotated);
        Normalise(rotated);
        return rotated;
    }

    /// <summary>The caller's form of a stored vector.</summary>
    public float[] FromStored(string name, float[] stored)
    {
        if (!_rotations.TryGetValue(name, out var rotation))
        {
            return stored;
        }

        var vector = new float[stored.Length];
        rotation.Undo(stored, vector);
        Normalise(vector);
        return vector;
    }

    private static void Normalise(Span<float> vector)
    {
        // Brought to a middling size first: squares of very large or very small numbers leave float32.
        TensorPrimitives.Divide(vector, Math.Abs(TensorPrimitives.MaxMagnitude<float>(vector)), vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }
}
