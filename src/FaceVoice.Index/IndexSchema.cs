using System.Globalization;

namespace FaceVoice.Index;

/// <summary>What a store remembers of the model that made its vectors. Vectors of two models cannot be compared, so a store takes one only.</summary>
public sealed class IndexSchema : IEquatable<IndexSchema>
{
    /// <summary>The largest number of components of one vector.</summary>
    public const int MaxDimensions = 4096;

    /// <summary>The most named vectors.</summary>
    public const int MaxVectors = 16;

    /// <summary>Makes a schema.</summary>
    /// <param name="modelId">The id of the model bundle; not empty.</param>
    /// <param name="dimensions">Components of each named vector, 1 to <see cref="MaxDimensions"/>; 1 to <see cref="MaxVectors"/> vectors.</param>
    /// <exception cref="ArgumentException">A name or size is out of range.</exception>
    public IndexSchema(string modelId, IReadOnlyDictionary<string, int> dimensions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        ArgumentNullException.ThrowIfNull(dimensions);
        if (dimensions.Count is 0 or > MaxVectors)
        {
            throw new ArgumentException($"A schema needs 1 to {MaxVectors} named vectors.", nameof(dimensions));
        }

        foreach (var (name, size) in dimensions)
        {
            if (!PayloadKey.IsValid(name) || size is < 1 or > MaxDimensions)
            {
                throw new ArgumentException($"Vector '{name}' with {size} components: names are letters, digits, '_' and '-', sizes 1 to {MaxDimensions}.", nameof(dimensions));
            }
        }

        ModelId = modelId;
        Dimensions = new SortedDictionary<string, int>(dimensions.ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>Gets the id of the model bundle whose vectors these are.</summary>
    public string ModelId { get; }

    /// <summary>Gets the number of components of each named vector, by name in ordinal order.</summary>
    public IReadOnlyDictionary<string, int> Dimensions { get; }

    /// <summary>Refuses a store whose schema is not this one.</summary>
    /// <exception cref="SchemaMismatchException"><paramref name="found"/> differs; the message names both.</exception>
    public void MustEqual(IndexSchema found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (!Equals(found))
        {
            throw new SchemaMismatchException(this, found);
        }
    }

    /// <inheritdoc/>
    public bool Equals(IndexSchema? other) =>
        other is not null && ModelId == other.ModelId && Dimensions.Count == other.Dimensions.Count
        && Dimensions.All(d => other.Dimensions.TryGetValue(d.Key, out var size) && size == d.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IndexSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ModelId, Dimensions.Count);

    /// <summary>The model id and each vector with its size, as error messages show them.</summary>
    public override string ToString() =>
        $"model {ModelId} ({string.Join(", ", Dimensions.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Value}")))})";
}

/// <summary>The names of the vectors that FaceVoice's own models make.</summary>
public static class VectorName
{
    /// <summary>The space that faces and voices share: a face finds voices and the other way round.</summary>
    public const string Joint = "joint";

    /// <summary>The speaker space: a voice finds recordings of the same speaker.</summary>
    public const string Speaker = "speaker";
}
