namespace FaceVoice.Index;

/// <summary>What a repair saved and what it could not.</summary>
/// <param name="Points">Points in the repaired index.</param>
/// <param name="LostRecords">Records and vectors that were damaged and are gone.</param>
/// <param name="LostSegments">Segments of which nothing could be read.</param>
/// <param name="LogGaps">Damaged stretches of the log: writes and removals in them are gone.</param>
/// <param name="DamagedFolder">Where the damaged files are kept; remove it when the repaired index is found to be right.</param>
public sealed record RepairReport(long Points, long LostRecords, int LostSegments, int LogGaps, string DamagedFolder);
