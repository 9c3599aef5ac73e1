using TorchSharp.Utils;

namespace FaceVoice.Training.Networks.Joint;

/// <summary>
/// The newest embeddings of past batches, as further columns for a <see cref="ContrastiveLoss"/> (He et al., 2020): more negatives than
/// a batch holds. Its content is in the state dictionary, so that a resumed run goes on with the same queue.
/// </summary>
/// <remarks>What is queued is detached: no gradient flows into it. It ages; keep it to some tens of batches.</remarks>
public sealed class EmbeddingQueue : Module
{
    [ComponentName(Name = "first")]
    private readonly Tensor _first;
    [ComponentName(Name = "second")]
    private readonly Tensor _second;
    [ComponentName(Name = "identities")]
    private readonly Tensor _identities;
    [ComponentName(Name = "groups")]
    private readonly Tensor _groups;
    [ComponentName(Name = "cursor")]
    private readonly Tensor _cursor;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">The most rows it holds.</param>
    /// <param name="dimension">The length of an embedding.</param>
    public EmbeddingQueue(int capacity, int dimension)
        : base(nameof(EmbeddingQueue))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Capacity = capacity;
        _first = zeros(capacity, dimension).DetachFromDisposeScope();
        _second = zeros(capacity, dimension).DetachFromDisposeScope();
        _identities = zeros(capacity, ScalarType.Int64).DetachFromDisposeScope();
        _groups = zeros(capacity, ScalarType.Int64).DetachFromDisposeScope();
        _cursor = zeros(2, ScalarType.Int64).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Gets the most rows it holds.</summary>
    public int Capacity { get; }

    /// <summary>Gets the number of rows it holds now.</summary>
    public int Count => (int)_cursor.ToArray<long>()[1];

    /// <summary>Gets the first embeddings held, [count, dimension], unit length.</summary>
    public Tensor First => _first.narrow(0, 0, Count);

    /// <summary>Gets the second embeddings held, [count, dimension], unit length.</summary>
    public Tensor Second => _second.narrow(0, 0, Count);

    /// <summary>Gets the identities held, Int64 [count].</summary>
    public Tensor Identities => _identities.narrow(0, 0, Count);

    /// <summary>Gets the groups held, Int64 [count]; -1 where none was given.</summary>
    public Tensor Groups => _groups.narrow(0, 0, Count);

    /// <summary>Puts a batch in; the oldest rows make way.</summary>
    /// <param name="first">Embeddings [batch, dimension], of any length.</param>
    /// <param name="second">Embeddings [batch, dimension], of any length.</param>
    /// <param name="identities">Int64 [batch].</param>
    /// <param name="groups">Int64 [batch], or null.</param>
    /// <exception cref="ArgumentException">The batch is larger than the queue.</exception>
    public void Enqueue(Tensor first, Tensor second, Tensor identities, Tensor? groups = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(identities);
        long batch = first.size(0);
        if (batch > Capacity)
        {
            throw new ArgumentException($"A batch of {batch} does not fit a queue of {Capacity}.", nameof(first));
        }

        using DisposeScope scope = NewDisposeScope();
        using var mode = no_grad();
        long[] cursor = _cursor.ToArray<long>();
        Tensor places = (arange(batch, ScalarType.Int64, device: first.device) + cursor[0]).remainder(Capacity);
        _first.index_copy_(0, places, nn.functional.normalize(first.detach()).to(_first.dtype));
        _second.index_copy_(0, places, nn.functional.normalize(second.detach()).to(_second.dtype));
        _identities.index_copy_(0, places, identities);
        _groups.index_copy_(0, places, groups ?? full_like(identities, -1));
        _cursor.copy_(tensor([(cursor[0] + batch) % Capacity, Math.Min(cursor[1] + batch, Capacity)]));
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _cursor.zero_();
}
