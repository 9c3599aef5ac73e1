using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using FaceVoice.Testing;

namespace FaceVoice.Training.Tests;

/// <summary>Reads the little-endian .npy arrays of the reference numbers, plain or inside an .npz.</summary>
internal static class GoldenArray
{
    public static float[] Floats(params ReadOnlySpan<string> parts) => MemoryMarshal.Cast<byte, float>(Body(File.ReadAllBytes(ReferenceData.Golden(parts)))).ToArray();

    public static int[] Integers(params ReadOnlySpan<string> parts) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, long>(Body(File.ReadAllBytes(ReferenceData.Golden(parts)))).ToArray(), checked(value => (int)value));

    public static Dictionary<string, float[]> Archive(params ReadOnlySpan<string> parts)
    {
        using var zip = ZipFile.OpenRead(ReferenceData.Golden(parts));
        var arrays = new Dictionary<string, float[]>();
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            arrays[Path.GetFileNameWithoutExtension(entry.Name)] = MemoryMarshal.Cast<byte, float>(Body(memory.ToArray())).ToArray();
        }

        return arrays;
    }

    private static ReadOnlySpan<byte> Body(byte[] file) => file.AsSpan(10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)));
}
