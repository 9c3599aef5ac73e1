using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace FaceVoice.Media.Images;

/// <summary>Gives ImageSharp memory from the shared array pool, up to a budget for one image.</summary>
/// <remarks>
/// ImageSharp's own allocator takes what is larger than 4 MB from the system and gives it back at once; the pages of a 12-megapixel JPEG, which the
/// system has to clear each time, then cost more than its decoding (244 ms against 97 ms here). Its <c>AllocationLimitMegabytes</c> holds for each buffer
/// alone, this budget for all that are in use. And a decoded image's pixels become an <see cref="RgbImage"/>'s without a copy.
/// </remarks>
/// <param name="budget">The most bytes in use at a time.</param>
internal sealed class PooledAllocator(long budget) : MemoryAllocator
{
    /// <summary>Beyond each buffer's end, so that a decoder that reads a few bytes too many reads nobody else's.</summary>
    private const int Slack = 64;

    private long _used;
    private PooledBuffer<Rgb24>? _pixels;

    public override IMemoryOwner<T> Allocate<T>(int length, AllocationOptions options = AllocationOptions.None)
    {
        var bytes = (long)length * Unsafe.SizeOf<T>();
        if (length < 0 || bytes > budget - _used || bytes > Array.MaxLength - Slack)
        {
            throw new MediaLimitException(string.Create(
                CultureInfo.InvariantCulture, $"The image needs more memory to be decoded than an image of its size may: {budget:N0} bytes."));
        }

        _used += bytes;
        var buffer = new PooledBuffer<T>(this, length, (int)bytes);
        if (options.HasFlag(AllocationOptions.Clean))
        {
            buffer.GetSpan().Clear();
        }

        if (buffer is PooledBuffer<Rgb24> pixels && length > (_pixels?.Length ?? 0))
        {
            _pixels = pixels;
        }

        return buffer;
    }

    /// <summary>Takes the array behind an image's pixels out of it; the pool gets it back from whoever holds it then.</summary>
    /// <param name="pixels">All pixels of an image that was decoded with this allocator.</param>
    /// <returns>The array, with the pixels at its start; null if they are elsewhere.</returns>
    public byte[]? Detach(ReadOnlySpan<Rgb24> pixels) =>
        _pixels is { } buffer && Unsafe.AreSame(in MemoryMarshal.GetReference(pixels), in MemoryMarshal.GetReference(buffer.GetSpan())) ? buffer.Detach() : null;

    protected override int GetBufferCapacityInBytes() => Array.MaxLength - Slack;

    private sealed class PooledBuffer<T>(PooledAllocator owner, int length, int bytes) : MemoryManager<T>
        where T : struct
    {
        private byte[]? _array = ArrayPool<byte>.Shared.Rent(bytes + Slack);

        public int Length => length;

        public override Span<T> GetSpan() =>
            MemoryMarshal.Cast<byte, T>((_array ?? throw new ObjectDisposedException(nameof(PooledBuffer<>))).AsSpan(0, bytes))[..length];

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            var pin = GCHandle.Alloc(_array, GCHandleType.Pinned);
            return new MemoryHandle((byte*)pin.AddrOfPinnedObject() + ((long)elementIndex * Unsafe.SizeOf<T>()), pin, this);
        }

        public override void Unpin()
        {
        }

        public byte[] Detach()
        {
            owner._used -= bytes;
            return Interlocked.Exchange(ref _array, null) ?? throw new ObjectDisposedException(nameof(PooledBuffer<>));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref _array, null) is { } array)
            {
                owner._used -= bytes;
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }
}
