using FaceVoice.Index.Embedded.Files;

namespace FaceVoice.Index.Tests.Embedded;

/// <summary>Real files on a disk that fills up or fails when a test says so.</summary>
internal sealed class FaultyDisk
{
    private const int NoSpace = 28;

    /// <summary>Bytes that still fit; null for any number.</summary>
    public long? Room { get; set; }

    public bool FailFlush { get; set; }

    public bool FailSetLength { get; set; }

    public EmbeddedStoreOptions Options(long checkpointBytes = 1 << 20) =>
        new() { CreateFile = path => new Faulty(this, DurableFile.Create(path)), OpenLog = path => new Faulty(this, DurableFile.OpenOrCreate(path)), CheckpointBytes = checkpointBytes };

    private sealed class Faulty(FaultyDisk disk, IDurableFile file) : IDurableFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            if (disk.Room is { } room && data.Length > room)
            {
                file.Write(data[..(int)room], offset); // a full disk takes what fits
                disk.Room = 0;
                throw new IOException("No space left on device", NoSpace);
            }

            disk.Room -= data.Length;
            file.Write(data, offset);
        }

        public void Flush()
        {
            if (disk.FailFlush)
            {
                throw new IOException("Input/output error", 5);
            }

            file.Flush();
        }

        public void SetLength(long length)
        {
            if (disk.FailSetLength)
            {
                throw new IOException("Input/output error", 5);
            }

            file.SetLength(length);
        }

        public void Dispose() => file.Dispose();
    }
}
