using System.Text;

namespace FaceVoice.Index.Transfer;

/// <summary>How far an export file goes.</summary>
/// <param name="End">The byte after its last whole page.</param>
/// <param name="Points">The points up to there.</param>
/// <param name="Cursor">Where the store goes on; null at the start and at the end.</param>
/// <param name="IsComplete">Whether nothing is missing.</param>
internal sealed record ExportState(long End, long Points, string? Cursor, bool IsComplete)
{
    /// <summary>Reads a file that may be cut short anywhere; null where not even its header is whole.</summary>
    public static async Task<ExportState?> ReadAsync(FileStream file, IndexSchema schema, CancellationToken cancellationToken)
    {
        file.Position = 0;
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        ExportState? state = null;
        long offset = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            offset += Encoding.UTF8.GetByteCount(line) + 1;
            if (offset > file.Length)
            {
                break; // the last line has no end
            }

            if (state is null)
            {
                schema.MustEqual(PointLine.ReadHeader(line));
                state = new(offset, 0, null, false);
            }
            else if (PointLine.TryReadMark(line, out var points, out var cursor))
            {
                state = new(offset, points, cursor, cursor is null);
            }
        }

        return state;
    }
}
