using System.Security.Cryptography;
using System.Text;

namespace FaceVoice.Index;

/// <summary>A secret of 32 bytes or more that an index is encrypted under, or whose rotation its vectors are stored under.</summary>
/// <remarks>Keys for single purposes are derived by HKDF-SHA256; the secret itself encrypts nothing. Dispose wipes it. Thread-safe.</remarks>
public sealed class StoreKey : IDisposable
{
    /// <summary>The least number of secret bytes.</summary>
    public const int MinBytes = 32;

    private readonly byte[] _secret;

    /// <summary>Makes a key.</summary>
    /// <param name="secret">At least <see cref="MinBytes"/> random bytes; copied.</param>
    /// <exception cref="ArgumentException">There are too few bytes.</exception>
    public StoreKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinBytes)
        {
            throw new ArgumentException($"A key needs at least {MinBytes} random bytes; this one has {secret.Length}.", nameof(secret));
        }

        _secret = secret.ToArray();
    }

    /// <summary>Makes a random key of <see cref="MinBytes"/> bytes.</summary>
    public static StoreKey Generate()
    {
        Span<byte> secret = stackalloc byte[MinBytes];
        RandomNumberGenerator.Fill(secret);
        var key = new StoreKey(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>Reads a key as text: base64 of the secret bytes, white space ignored.</summary>
    /// <exception cref="FormatException">It is no base64 of enough bytes. The message does not hold the text.</exception>
    public static StoreKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            var secret = Convert.FromBase64String(text.Trim());
            var key = new StoreKey(secret);
            CryptographicOperations.ZeroMemory(secret);
            return key;
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new FormatException($"A key is the base64 text of at least {MinBytes} random bytes (for example from 'openssl rand -base64 32').");
        }
    }

    /// <summary>Reads a key from a file that holds its base64 text.</summary>
    /// <exception cref="FormatException">The file holds no key.</exception>
    public static StoreKey FromFile(string path) => Parse(File.ReadAllText(path));

    /// <summary>The base64 text of the secret, for writing it to a key file.</summary>
    public string ToBase64() => Convert.ToBase64String(_secret);

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secret);

    /// <summary>A 32-byte key for one purpose.</summary>
    internal byte[] Derive(string purpose, ReadOnlySpan<byte> salt)
    {
        var derived = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, derived, salt, Encoding.UTF8.GetBytes("facevoice-index-" + purpose));
        return derived;
    }

    /// <summary>What may be written beside the data so that a wrong key is told from damage; says nothing of the secret.</summary>
    internal string Fingerprint(Guid store, string purpose) => Convert.ToHexStringLower(Derive("check-" + purpose, store.ToByteArray()))[..32];
}
