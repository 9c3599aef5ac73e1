namespace FaceVoice.Index.Embedded;

/// <summary>One write on its way to the writer: a frame for the log, or work that needs the writer to itself.</summary>
internal sealed class WriteRequest
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Func<VectorSpace, byte[]>? _encode;
    private readonly Func<Rows.StoreState, bool>? _isThere;
    private VectorSpace? _space;

    private WriteRequest(byte[]? frame, Func<long>? exclusive, Func<VectorSpace, byte[]>? encode = null, VectorSpace? space = null) =>
        (Frame, Exclusive, _encode, _space) = (frame, exclusive, encode, space);

    private WriteRequest(VectorSpace space, Func<VectorSpace, byte[]> encode, IReadOnlyList<string> ids, Func<Rows.StoreState, bool> isThere)
        : this(encode(space), null, encode, space) => (LooksAt, _isThere) = (ids, isThere);

    /// <summary>The ids that must not change between the look at the store and the write; null for a write without a look.</summary>
    public IReadOnlyList<string>? LooksAt { get; }

    /// <summary>The frame's content; null for exclusive work.</summary>
    public byte[]? Frame { get; private set; }

    /// <summary>Work that runs alone on the writer, after everything before it is on the disk; null for a frame.</summary>
    public Func<long>? Exclusive { get; }

    /// <summary>Ends when the write is on the disk and shows, with the number of points changed.</summary>
    public Task<long> Task => _completion.Task;

    public static WriteRequest Of(byte[] frame) => new(frame, null);

    public static WriteRequest Of(Func<long> exclusive) => new(null, exclusive);

    /// <summary>A frame with vectors, encoded on the caller's thread for the space that the store has now.</summary>
    public static WriteRequest Of(VectorSpace space, Func<VectorSpace, byte[]> encode) => new(encode(space), null, encode, space);

    /// <summary>A frame that is written unless a look at the store, just before, finds it there already or throws.</summary>
    public static WriteRequest Once(VectorSpace space, Func<VectorSpace, byte[]> encode, IReadOnlyList<string> ids, Func<Rows.StoreState, bool> isThere) => new(space, encode, ids, isThere);

    /// <summary>Takes the look; ends the request where nothing is to be written.</summary>
    /// <returns>Whether the frame is to be written.</returns>
    public bool Needs(Rows.StoreState state)
    {
        try
        {
            if (_isThere is null || !_isThere(state))
            {
                return true;
            }

            Complete(0);
        }
        catch (Exception error)
        {
            Fail(error); // the caller's: what it found, or a file that cannot be read
        }

        return false;
    }

    /// <summary>Encodes the frame again where the store was rekeyed since it was made.</summary>
    public void FitTo(VectorSpace space)
    {
        if (_encode is not null && !ReferenceEquals(space, _space))
        {
            (Frame, _space) = (_encode(space), space);
        }
    }

    public void Complete(long changed) => _completion.TrySetResult(changed);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
