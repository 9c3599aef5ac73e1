using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace FaceVoice.Index.Embedded.Files;

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
