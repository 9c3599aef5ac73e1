using System.IO.Compression;

namespace FaceVoice.Models.Tests.Checkpoints;

/// <summary>Puts a pickle and storages into a zip as torch.save does, or as an attacker might.</summary>
internal static class CheckpointMaker
{
    public static string Write(string path, byte[] pickle, params (string Name, byte[] Bytes)[] entries) =>
        Write(path, CompressionLevel.NoCompression, [("model/data.pkl", pickle), .. entries]);

    public static string Write(string path, CompressionLevel compression, (string Name, byte[] Bytes)[] entries)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
        {
            using var entry = zip.CreateEntry(name, compression).Open();
            entry.Write(bytes);
        }

        return path;
    }

    public static byte[] Floats(params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
