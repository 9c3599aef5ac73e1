namespace FaceVoice.Index;

/// <summary>What a search for removed points in an index's files found. It speaks of files: blocks that a disk has not reused yet are out of its sight.</summary>
/// <param name="RemovedPoints">Removed or replaced points whose bytes were still on disk and were looked for.</param>
/// <param name="TracesBefore">Pieces of them found before compaction.</param>
/// <param name="TracesAfter">Pieces of them found after it; 0 unless a live point has the very same vector.</param>
/// <param name="Files">Files looked through after compaction.</param>
/// <param name="Bytes">Bytes looked through after compaction.</param>
public sealed record ErasureReport(long RemovedPoints, long TracesBefore, long TracesAfter, int Files, long Bytes);
