using System.Buffers;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>Collects small writes into large ones. Not thread-safe; the file stays the caller's.</summary>
internal sealed class SequentialWriter(IDurableFile file) : IDisposable
{
    private const int BufferSize = 1 << 20;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _filled;

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_filled == _buffer.Length)
            {
                Drain();
            }

            var part = Math.Min(data.Length, _buffer.Length - _filled);
            data[..part].CopyTo(_buffer.AsSpan(_filled));
            _filled += part;
            Position += part;
            data = data[part..];
        }
    }

    /// <summary>Hands everything to the file and the file to the disk.</summary>
    public void Complete()
    {
        Drain();
        file.Flush();
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    private void Drain()
    {
        file.Write(_buffer.AsSpan(0, _filled), Position - _filled);
        _filled = 0;
    }
}
