namespace FaceVoice.Index.Embedded.Graph;

/// <summary>A binary heap of nodes by score; the best first, or with <c>worstFirst</c> the worst. Not thread-safe.</summary>
internal sealed class ScoredHeap(bool worstFirst)
{
    private readonly ulong _flip = worstFirst ? 0 : ulong.MaxValue;
    private ulong[] _keys = new ulong[256];

    public int Count { get; private set; }

    /// <summary>The score at the top.</summary>
    public float TopScore => ScoreOf(_keys[0] ^ _flip);

    /// <summary>The node at the top.</summary>
    public int TopNode => (int)(uint)(_keys[0] ^ _flip);

    public void Clear() => Count = 0;

    public void Push(float score, int node)
    {
        if (Count == _keys.Length)
        {
            Array.Resize(ref _keys, Count * 2);
        }

        var key = KeyOf(score, node) ^ _flip;
        var child = Count++;
        for (; child > 0 && _keys[(child - 1) / 2] > key; child = (child - 1) / 2)
        {
            _keys[child] = _keys[(child - 1) / 2];
        }

        _keys[child] = key;
    }

    public (float Score, int Node) Pop()
    {
        var top = _keys[0] ^ _flip;
        SiftDown(_keys[--Count]);
        return (ScoreOf(top), (int)(uint)top);
    }

    /// <summary>Takes the top out and another in.</summary>
    public void ReplaceTop(float score, int node) => SiftDown(KeyOf(score, node) ^ _flip);

    private void SiftDown(ulong key)
    {
        var keys = _keys;
        var parent = 0;
        for (var child = 1; child < Count; child = (2 * parent) + 1)
        {
            if (child + 1 < Count && keys[child + 1] < keys[child])
            {
                child++;
            }

            if (keys[child] >= key)
            {
                break;
            }

            keys[parent] = keys[child];
            parent = child;
        }

        keys[parent] = key;
    }

    // Floats in an order that unsigned integers keep: the sign bit is turned, and with it all bits of negative numbers.
    private static ulong KeyOf(float score, int node)
    {
        var bits = BitConverter.SingleToUInt32Bits(score);
        bits ^= (uint)((int)bits >> 31) | 0x8000_0000;
        return ((ulong)bits << 32) | (uint)node;
    }

    private static float ScoreOf(ulong key)
    {
        var bits = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle(bits ^ (((bits >> 31) - 1) | 0x8000_0000));
    }
}
