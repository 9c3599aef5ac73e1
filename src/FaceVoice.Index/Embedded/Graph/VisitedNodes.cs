using System.Runtime.CompilerServices;

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

    /// <summary>Marks a node.</summary>
    /// <returns>1; 0 when it was marked, or came after the walk began.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Mark(int node)
    {
        var stamps = _stamps;
        if ((uint)node >= (uint)stamps.Length)
        {
            return 0;
        }

        var isFresh = stamps[node] != _now;
        stamps[node] = _now;
        return isFresh ? 1 : 0;
    }
}
