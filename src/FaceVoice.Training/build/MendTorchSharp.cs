using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Writes the two mended files; see MendTorchSharp.targets. Compiled by MSBuild when they are missing or older than this file.</summary>
public sealed class MendTorchSharp : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const byte Weak = 2; // VER_FLG_WEAK

    // The blob of [Debuggable(IgnoreSymbolStoreSequencePoints)] with its length, and [Debuggable(Default | DisableOptimizations)].
    private static readonly byte[] Optimised = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };
    private static readonly byte[] Unoptimised = { 8, 1, 0, 3, 1, 0, 0, 0, 0 };

    [Required]
    public string Package { get; set; }

    [Required]
    public string Target { get; set; }

    public override bool Execute()
    {
        var library = File.ReadAllBytes(Path.Combine(Package, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
        var assembly = File.ReadAllBytes(Path.Combine(Package, "lib", "net8.0", "TorchSharp.dll"));
        var needs = WeakenNeed(library);
        var attributes = Replace(assembly);
        if (needs != 1 || attributes != 1)
        {
            Log.LogError("{0} is not the TorchSharp that this step was written for: {1} needs of {2}, {3} attributes to change; 1 of each was expected.", Package, needs, Version, attributes);
            return false;
        }

        Write(library, "libLibTorchSharp.so");
        Write(assembly, "TorchSharp.dll");
        return true;
    }

    private static int WeakenNeed(byte[] elf)
    {
        var found = 0;
        for (var s = 0; s < BitConverter.ToUInt16(elf, 0x3c); s++)
        {
            var header = Section(elf, s);
            if (BitConverter.ToUInt32(elf, header + 4) != VersionNeeds)
            {
                continue;
            }

            var names = Content(elf, Section(elf, Number(elf, header + 0x28)));
            var need = Content(elf, header);
            for (var n = Number(elf, header + 0x2c); n > 0; n--, need += Number(elf, need + 12))
            {
                var version = need + Number(elf, need + 8);
                for (var v = BitConverter.ToUInt16(elf, need + 2); v > 0; v--, version += Number(elf, version + 12))
                {
                    if (Matches(elf, names + Number(elf, version + 8), Encoding.ASCII.GetBytes(Version + "\0")))
                    {
                        elf[version + 4] |= Weak;
                        found++;
                    }
                }
            }
        }

        return found;
    }

    private static int Replace(byte[] assembly)
    {
        var found = 0;
        for (var at = 0; at <= assembly.Length - Optimised.Length; at++)
        {
            if (Matches(assembly, at, Optimised))
            {
                Unoptimised.CopyTo(assembly, at);
                found++;
            }
        }

        return found;
    }

    private static int Number(byte[] elf, int at) => checked((int)BitConverter.ToUInt32(elf, at));

    private static int Section(byte[] elf, int index) => checked((int)BitConverter.ToUInt64(elf, 0x28)) + (index * BitConverter.ToUInt16(elf, 0x3a));

    private static int Content(byte[] elf, int header) => checked((int)BitConverter.ToUInt64(elf, header + 0x18));

    private static bool Matches(byte[] bytes, int at, byte[] wanted)
    {
        for (var i = 0; i < wanted.Length; i++)
        {
            if (bytes[at + i] != wanted[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Under its name only when whole, and as a new file: the old one may be linked into outputs.</summary>
    private void Write(byte[] content, string name)
    {
        Directory.CreateDirectory(Target);
        var path = Path.Combine(Target, name);
        var part = path + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(part, content);
        File.Delete(path);
        File.Move(part, path);
    }
}
