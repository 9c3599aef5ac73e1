namespace FaceVoice.Index.Embedded;

/// <summary>One write on its way to the writer: a frame for the log, or work that needs the writer to itself.</summary>
internal sealed class WriteRequest
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Func<VectorSpace, byte[]>? _encode;
    private VectorSpace? _space;

    private WriteRequest(byte[]? frame, Func<long>? exclusive, Func<VectorSpace, byte[]>? encode = null, VectorSpace? space = null) =>
        (Frame, Exclusive, _encode, _space) = (frame, exclusive, encode, space);

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
