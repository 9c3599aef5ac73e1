namespace FaceVoice.Models.Checkpoints;

/// <summary>A view of a storage; offset and strides count elements. Checked against the storage before anything is read.</summary>
internal sealed class PickleTensor
{
    private const int MaxRank = 16;

    private readonly long _offset;
    private readonly long[] _shape;
    private readonly long[] _strides;

    public PickleTensor(PickleStorage storage, long offset, long[] shape, long[] strides)
    {
        Storage = storage;
        _offset = offset;
        _shape = shape;
        _strides = strides;
        if (shape.Length != strides.Length || shape.Length > MaxRank || !TensorShape.TryCount(shape, out var count) || !IsInside(count))
        {
            throw new ModelFormatException(
                $"a tensor of shape {TensorShape.Describe(shape)}, strides {TensorShape.Describe(strides)} and offset {offset} does not lie within its storage of {storage.Count} elements.");
        }

        Count = count;
    }

    public PickleStorage Storage { get; }

    public int Count { get; }

    /// <summary>Copies the view out of the storage's bytes, row-major.</summary>
    public NamedTensor Materialize(string name, ReadOnlyMemory<byte> bytes)
    {
        var size = Storage.Element.Size;
        var dense = IsContiguous() ? bytes.Slice((int)(Count == 0 ? 0 : _offset * size), Count * size) : Gather(bytes.Span, size);
        return NamedTensor.Over(name, _shape, Storage.Element.Decode(dense));
    }

    private bool IsInside(int count)
    {
        if (_offset < 0 || _offset > Storage.Count)
        {
            return false;
        }

        if (count == 0)
        {
            return true;
        }

        var last = (Int128)_offset;
        for (var axis = 0; axis < _shape.Length; axis++)
        {
            if (_strides[axis] < 0)
            {
                return false;
            }

            last += (Int128)(_shape[axis] - 1) * _strides[axis];
        }

        return last < Storage.Count;
    }

    private bool IsContiguous()
    {
        var expected = 1L;
        for (var axis = _shape.Length - 1; axis >= 0; axis--)
        {
            if (_shape[axis] != 1 && _strides[axis] != expected)
            {
                return Count == 0;
            }

            expected *= _shape[axis];
        }

        return true;
    }

    private byte[] Gather(ReadOnlySpan<byte> bytes, int size)
    {
        var dense = new byte[(long)Count * size];
        var index = new long[_shape.Length];
        var source = _offset;
        for (var i = 0; i < Count; i++)
        {
            bytes.Slice((int)(source * size), size).CopyTo(dense.AsSpan(i * size));
            for (var axis = _shape.Length - 1; axis >= 0; axis--)
            {
                source += _strides[axis];
                if (++index[axis] < _shape[axis])
                {
                    break;
                }

                source -= _strides[axis] * _shape[axis];
                index[axis] = 0;
            }
        }

        return dense;
    }
}

/// <summary>A storage that a pickle refers to; its bytes are an entry of the archive.</summary>
internal sealed record PickleStorage(string Key, StoredElement Element, long Count);
