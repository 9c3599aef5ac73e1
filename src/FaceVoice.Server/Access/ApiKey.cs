using System.Security.Cryptography;
using System.Text;

namespace FaceVoice.Server.Access;

/// <summary>The text of API keys: made of 256 random bits, so that one fast hash is enough to keep them by.</summary>
internal static class ApiKey
{
    private const string Prefix = "fv_";

    public static string Create() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
