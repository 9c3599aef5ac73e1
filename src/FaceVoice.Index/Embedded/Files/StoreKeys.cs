using System.Security.Cryptography;

namespace FaceVoice.Index.Embedded.Files;

/// <summary>How one store's records are sealed: with its encryption key, or by checksum alone.</summary>
internal sealed class StoreKeys(Guid store, StoreKey? encryption, StoreKey? template)
{
    public StoreKey? Encryption => encryption;

    public StoreKey? Template => template;

    public string? EncryptionCheck => encryption?.Fingerprint(store, "encryption");

    public string? TemplateCheck => template?.Fingerprint(store, "template");

    /// <summary>A sealer for one file.</summary>
    public RecordSealer SealerFor(Guid file) => encryption is null ? new ChecksumSealer(file) : new EncryptionSealer(encryption, file);

    /// <summary>The last line of a manifest: a checksum, or with a key an authentication code.</summary>
    public string Authenticate(ReadOnlySpan<byte> manifest) => encryption is null
        ? $"crc32c:{Crc32C.Of(manifest):x8}"
        : "hmac-sha256:" + Convert.ToHexStringLower(HMACSHA256.HashData(encryption.Derive("manifest", store.ToByteArray()), manifest));
}
