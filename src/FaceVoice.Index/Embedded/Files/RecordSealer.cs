using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>Closes a record so that any change to it is noticed: by checksum, or by authenticated encryption. Thread-safe.</summary>
/// <remarks>A record is bound to its file (<c>uid</c>), its stream in the file's family and its index, so records cannot change places.</remarks>
internal abstract class RecordSealer : IDisposable
{
    /// <summary>Bytes that a sealed record is longer than its content.</summary>
    public abstract int Overhead { get; }

    /// <summary>Writes the sealed form, <see cref="Overhead"/> bytes longer than <paramref name="data"/>.</summary>
    public abstract void Seal(ReadOnlySpan<byte> data, ulong stream, ulong index, Span<byte> record);

    /// <summary>Checks a record and writes its content, <see cref="Overhead"/> bytes shorter.</summary>
    /// <returns>False when the record is not what was sealed; <paramref name="data"/> then holds nothing of use.</returns>
    public abstract bool TryOpen(ReadOnlySpan<byte> record, ulong stream, ulong index, Span<byte> data);

    public abstract void Dispose();
}

/// <summary><c>[crc32c u32][content]</c>: notices damage, hides nothing.</summary>
internal sealed class ChecksumSealer(Guid uid) : RecordSealer
{
    public const int ChecksumBytes = sizeof(uint);
    private readonly ulong _uid = MemoryMarshal.Read<ulong>(uid.ToByteArray());

    public override int Overhead => ChecksumBytes;

    public override void Seal(ReadOnlySpan<byte> data, ulong stream, ulong index, Span<byte> record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(data, stream, index));
        data.CopyTo(record[ChecksumBytes..]);
    }

    public override bool TryOpen(ReadOnlySpan<byte> record, ulong stream, ulong index, Span<byte> data)
    {
        if (!Matches(record, stream, index))
        {
            return false;
        }

        record[ChecksumBytes..].CopyTo(data);
        return true;
    }

    /// <summary>Checks a record where it lies, so that its content can be used without a copy.</summary>
    public bool Matches(ReadOnlySpan<byte> record, ulong stream, ulong index) =>
        record.Length >= ChecksumBytes && BinaryPrimitives.ReadUInt32LittleEndian(record) == Checksum(record[ChecksumBytes..], stream, index);

    public override void Dispose()
    {
    }

    private uint Checksum(ReadOnlySpan<byte> data, ulong stream, ulong index) => Crc32C.Of(_uid ^ (stream << 56), index, data);
}

/// <summary><c>[nonce 12][tag 16][AES-256-GCM of the content]</c> under a key of this file alone, with stream and index as associated data.</summary>
internal sealed class EncryptionSealer : RecordSealer
{
    private const int NonceBytes = 12, TagBytes = 16, AssociatedBytes = 16;
    private readonly byte[] _key;
    private readonly ConcurrentBag<AesGcm> _ciphers = []; // an instance serves one thread at a time

    public EncryptionSealer(StoreKey key, Guid uid) => _key = key.Derive("file", uid.ToByteArray());

    public override int Overhead => NonceBytes + TagBytes;

    public override void Seal(ReadOnlySpan<byte> data, ulong stream, ulong index, Span<byte> record)
    {
        Span<byte> associated = stackalloc byte[AssociatedBytes];
        Associate(associated, stream, index);
        var nonce = record[..NonceBytes];
        RandomNumberGenerator.Fill(nonce); // never a counter: a log that was cut would use one twice
        var cipher = Rent();
        cipher.Encrypt(nonce, data, record[Overhead..], record.Slice(NonceBytes, TagBytes), associated);
        _ciphers.Add(cipher);
    }

    public override bool TryOpen(ReadOnlySpan<byte> record, ulong stream, ulong index, Span<byte> data)
    {
        if (record.Length < Overhead)
        {
            return false;
        }

        Span<byte> associated = stackalloc byte[AssociatedBytes];
        Associate(associated, stream, index);
        var cipher = Rent();
        try
        {
            cipher.Decrypt(record[..NonceBytes], record[Overhead..], record.Slice(NonceBytes, TagBytes), data[..(record.Length - Overhead)], associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            _ciphers.Add(cipher);
        }
    }

    public override void Dispose()
    {
        while (_ciphers.TryTake(out var cipher))
        {
            cipher.Dispose();
        }

        CryptographicOperations.ZeroMemory(_key);
    }

    private AesGcm Rent() => _ciphers.TryTake(out var cipher) ? cipher : new AesGcm(_key, TagBytes);

    private static void Associate(Span<byte> associated, ulong stream, ulong index)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(associated, stream);
        BinaryPrimitives.WriteUInt64LittleEndian(associated[8..], index);
    }
}
