namespace FaceVoice.Models.Checkpoints;

/// <summary>Tells a zip checkpoint from the formats before it.</summary>
internal static class CheckpointFormat
{
    /// <summary>Throws unless the stream begins like a zip; the message for an old checkpoint says how to convert it.</summary>
    public static void RequireZip(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        var file = stream is FileStream named ? Path.GetFileName(named.Name) : "checkpoint";
        if (start[..read].SequenceEqual("PK\u0003\u0004"u8))
        {
            return;
        }

        // Before 1.6, torch.save wrote a row of bare pickles: protocol mark 0x80, then version 2 and up.
        if (read >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            throw new ModelFormatException(
                $"{file}: written in PyTorch's old format, without a zip around it, which is not read here. Convert it where PyTorch (1.6 or newer) is installed and the file is trusted:\n"
                + $"  python3 -c 'import torch; torch.save(torch.load(\"{file}\", map_location=\"cpu\"), \"converted.ckpt\")'");
        }

        throw new ModelFormatException($"{file}: not a PyTorch checkpoint: it does not begin like a zip file.");
    }
}
