namespace FaceVoice.Index.Embedded.Graph;

/// <summary>Marks the nodes that a walk has seen; clearing costs nothing 65,534 times out of 65,535. One walk at a time.</summary>
internal sealed class VisitedNodes
{
    private ushort[] _stamps = [];
    private ushort _now;

    /// <summary>Forgets all marks and makes room for nodes below <paramref name="count"/>.</summary>
    public void Begin(int count)
    {
        if (_stamps.Length < count)
        {
            _stamps = new ushort[(int)Math.Min(Array.MaxLength, Math.Max(count, 1024) * 3L / 2)];
            _now = 0;
        }

        if (++_now == 0)
        {
            Array.Clear(_stamps);
            _now = 1;
        }
    }

    /// <summary>Marks a node; false when it was marked, or came after the walk began.</summary>
    public bool TryMark(int node)
    {
        if ((uint)node >= (uint)_stamps.Length || _stamps[node] == _now)
        {
            return false;
        }

        _stamps[node] = _now;
        return true;
    }
}
