namespace FaceVoice.Models;

/// <summary>A unit-length vector with what is needed to compare it safely: which model made it, and in which space it lives. Thread-safe.</summary>
/// <remarks>It is biometric data: never log <see cref="Vector"/>.</remarks>
public sealed class Embedding
{
    /// <summary>Makes an embedding over <paramref name="vector"/> (kept, not copied).</summary>
    /// <param name="modelId">The id of the bundle that made it; see <see cref="ModelManifest.ModelId"/>.</param>
    /// <param name="space">The space it lives in.</param>
    /// <param name="vector">Finite values of unit length.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the vector is empty.</exception>
    public Embedding(string modelId, EmbeddingSpace space, ReadOnlyMemory<float> vector)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelId);
        if (vector.IsEmpty)
        {
            throw new ArgumentException("An embedding has at least one value.", nameof(vector));
        }

        foreach (var value in vector.Span)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("An embedding's values must be finite.", nameof(vector));
            }
        }

        ModelId = modelId;
        Space = space;
        Vector = vector;
    }

    /// <summary>The id of the bundle that made this vector.</summary>
    public string ModelId { get; }

    /// <summary>The space this vector lives in.</summary>
    public EmbeddingSpace Space { get; }

    /// <summary>The values, unit length.</summary>
    public ReadOnlyMemory<float> Vector { get; }

    /// <summary>How many values the vector has.</summary>
    public int Dimension => Vector.Length;

    /// <summary>The cosine to another embedding of the same model and space, -1..1.</summary>
    /// <exception cref="ModelMismatchException">The two come from different models or spaces.</exception>
    public float CosineTo(Embedding other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.ModelId != ModelId || other.Space != Space || other.Dimension != Dimension)
        {
            throw new ModelMismatchException("the embedding", $"{ModelId} ({Space} space, {Dimension}-d)", $"{other.ModelId} ({other.Space} space, {other.Dimension}-d)");
        }

        var sum = 0f;
        var a = Vector.Span;
        var b = other.Vector.Span;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
