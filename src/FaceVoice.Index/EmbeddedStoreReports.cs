namespace FaceVoice.Index;

/// <summary>What a search for removed points in an index's files found. It speaks of files: blocks that a disk has not reused yet are out of its sight.</summary>
/// <param name="RemovedPoints">Removed or replaced points whose bytes were still on disk and were looked for.</param>
/// <param name="TracesBefore">Pieces of them found before compaction.</param>
/// <param name="TracesAfter">Pieces of them found after it; 0 unless a live point has the very same vector.</param>
/// <param name="Files">Files looked through after compaction.</param>
/// <param name="Bytes">Bytes looked through after compaction.</param>
public sealed record ErasureReport(long RemovedPoints, long TracesBefore, long TracesAfter, int Files, long Bytes);

/// <summary>What a repair saved and what it could not.</summary>
/// <param name="Points">Points in the repaired index.</param>
/// <param name="LostRecords">Records and vectors that were damaged and are gone.</param>
/// <param name="LostSegments">Segments of which nothing could be read.</param>
/// <param name="LogGaps">Damaged stretches of the log: writes and removals in them are gone.</param>
/// <param name="DamagedFolder">Where the damaged files are kept; remove it when the repaired index is found to be right.</param>
public sealed record RepairReport(long Points, long LostRecords, int LostSegments, int LogGaps, string DamagedFolder);
