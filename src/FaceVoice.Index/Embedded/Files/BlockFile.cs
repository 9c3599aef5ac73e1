using System.Buffers;
using System.Buffers.Binary;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>
/// A file that is written once and read whole: <c>[u32 length][sealed block]</c>…, the last block empty. A missing end is noticed, and so is any change.
/// </summary>
internal static class BlockFile
{
    private const int BlockBytes = 1 << 18;

    /// <summary>Writes a file from parts and puts it on the disk.</summary>
    public static void Write(IDurableFile file, RecordSealer sealer, ulong stream, Action<BlockWriter> content)
    {
        using var output = new SequentialWriter(file);
        using var writer = new BlockWriter(output, sealer, stream, BlockBytes);
        content(writer);
        writer.Complete();
        output.Complete();
    }

    /// <summary>Opens a file for reading from its start to its end.</summary>
    public static BlockReader OpenRead(string path, RecordSealer sealer, ulong stream) => new(path, sealer, stream, BlockBytes);

    /// <summary>The writing side.</summary>
    internal sealed class BlockWriter(SequentialWriter output, RecordSealer sealer, ulong stream, int blockBytes) : IDisposable
    {
        private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(blockBytes);
        private readonly byte[] _record = ArrayPool<byte>.Shared.Rent(blockBytes + sealer.Overhead);
        private int _filled;
        private ulong _index;

        public void Write(ReadOnlySpan<byte> data)
        {
            while (!data.IsEmpty)
            {
                var part = Math.Min(data.Length, blockBytes - _filled);
                data[..part].CopyTo(_block.AsSpan(_filled));
                _filled += part;
                data = data[part..];
                if (_filled == blockBytes)
                {
                    Emit();
                }
            }
        }

        public void Complete()
        {
            if (_filled > 0)
            {
                Emit();
            }

            Emit();
        }

        public void Dispose()
        {
            ArrayPool<byte>.Shared.Return(_block, clearArray: true);
            ArrayPool<byte>.Shared.Return(_record);
        }

        private void Emit()
        {
            var record = _record.AsSpan(0, _filled + sealer.Overhead);
            sealer.Seal(_block.AsSpan(0, _filled), stream, _index++, record);
            Span<byte> length = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)record.Length);
            output.Write(length);
            output.Write(record);
            _filled = 0;
        }
    }

    /// <summary>The reading side.</summary>
    internal sealed class BlockReader : IDisposable
    {
        private readonly FileStream _file;
        private readonly RecordSealer _sealer;
        private readonly ulong _stream;
        private readonly byte[] _block;
        private readonly byte[] _record;
        private readonly int _blockBytes;
        private int _start, _end;
        private ulong _index;
        private bool _ended;

        public BlockReader(string path, RecordSealer sealer, ulong stream, int blockBytes)
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            (_sealer, _stream, _blockBytes) = (sealer, stream, blockBytes);
            _block = ArrayPool<byte>.Shared.Rent(blockBytes);
            _record = ArrayPool<byte>.Shared.Rent(blockBytes + sealer.Overhead);
        }

        /// <summary>Fills <paramref name="data"/> with the next bytes.</summary>
        /// <exception cref="IndexCorruptException">The file is damaged or ends early.</exception>
        public void Read(Span<byte> data)
        {
            while (!data.IsEmpty)
            {
                if (_start == _end && !NextBlock())
                {
                    throw Damage("ends early");
                }

                var part = Math.Min(data.Length, _end - _start);
                _block.AsSpan(_start, part).CopyTo(data);
                _start += part;
                data = data[part..];
            }
        }

        /// <summary>Checks that nothing follows.</summary>
        /// <exception cref="IndexCorruptException">Something does, or the end mark is missing.</exception>
        public void MustEnd()
        {
            if (_start != _end || NextBlock() || _file.Position != _file.Length)
            {
                throw Damage("holds more than it should");
            }
        }

        public void Dispose()
        {
            _file.Dispose();
            ArrayPool<byte>.Shared.Return(_block, clearArray: true);
            ArrayPool<byte>.Shared.Return(_record);
        }

        private bool NextBlock()
        {
            if (_ended)
            {
                return false;
            }

            Span<byte> header = stackalloc byte[sizeof(uint)];
            var offset = _file.Position;
            var length = _file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length ? BinaryPrimitives.ReadUInt32LittleEndian(header) : 0;
            if (length < _sealer.Overhead || length > _blockBytes + _sealer.Overhead)
            {
                throw Damage("a block's length is impossible", offset);
            }

            var record = _record.AsSpan(0, (int)length);
            if (_file.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) != record.Length || !_sealer.TryOpen(record, _stream, _index++, _block))
            {
                throw Damage("a block is damaged", offset);
            }

            (_start, _end) = (0, record.Length - _sealer.Overhead);
            _ended = _end == 0;
            return !_ended;
        }

        private IndexCorruptException Damage(string what, long offset = -1) => new(_file.Name, offset < 0 ? _file.Position : offset, what);
    }
}
