using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Graph;
using FaceVoice.Index.Embedded.Rows;
using FaceVoice.Index.Embedded.Search;
using Microsoft.Extensions.Logging;

namespace FaceVoice.Index.Embedded;

/// <summary>Brings what a manifest names into memory. The log is not read here.</summary>
internal sealed class StoreLoader(StoreFolder folder, Manifest manifest, StoreKeys keys, VectorSpace space, EmbeddedStoreOptions options)
{
    public const ulong DeadStream = 4, GraphStream = 5;

    /// <summary>Loads the segments, the dead rows and the graphs.</summary>
    /// <exception cref="IndexCorruptException">A file is damaged or missing; graphs are built anew instead.</exception>
    public StoreState Load()
    {
        var state = new StoreState(manifest.ToSchema(), space) { NextOrdinal = manifest.NextOrdinal };
        try
        {
            Fill(state);
            state.Publish();
            return state;
        }
        catch (Exception error)
        {
            state.Dispose();
            if (error is InvalidDataException or ArgumentException)
            {
                throw new IndexCorruptException(folder.Path, -1, $"a record that checks out makes no sense ({error.Message})", error);
            }

            throw;
        }
    }

    private void Fill(StoreState state)
    {
        var segments = OpenSegments(state);
        state.Attach(segments);
        var dead = ReadDead();
        foreach (var segment in segments)
        {
            for (var row = segment.FirstRow; row < segment.EndRow; row++)
            {
                state.AddLoadedRow(segment.ReadRecord(row), !dead.Contains(row));
            }

            LoadCodes(state, segment);
        }

        foreach (var (name, entry) in manifest.Graphs)
        {
            LoadGraph(Array.Find(state.Columns, c => c.Name == name), entry);
        }
    }

    private Segment[] OpenSegments(StoreState state)
    {
        var segments = new List<Segment>();
        var row = 0;
        var slots = new int[state.Columns.Length];
        foreach (var entry in manifest.Segments)
        {
            if (state.Columns.Any(c => !entry.Slots.ContainsKey(c.Name)) || entry.Rows < 0 || entry.Slots.Values.Any(s => s < 0 || s > entry.Rows))
            {
                throw new IndexCorruptException(folder.ManifestPath, -1, $"segment {entry.Uid:N} makes no sense");
            }

            segments.Add(new Segment(folder, entry, state.Schema, keys.SealerFor(entry.Uid), row, [.. slots]));
            state.Attach([.. segments]); // so that the maps are given back if a later one fails
            row += entry.Rows;
            for (var i = 0; i < slots.Length; i++)
            {
                slots[i] += entry.Slots[state.Columns[i].Name];
            }
        }

        return [.. segments];
    }

    private HashSet<int> ReadDead()
    {
        if (manifest.Dead is not { } entry)
        {
            return [];
        }

        var path = Require(entry.Name);
        using var sealer = keys.SealerFor(entry.Uid);
        using var reader = BlockFile.OpenRead(path, sealer, DeadStream);
        var rows = new int[checked((int)entry.Count)];
        reader.Read(MemoryMarshal.AsBytes(rows.AsSpan()));
        reader.MustEnd();
        return [.. rows];
    }

    private void LoadCodes(StoreState state, Segment segment)
    {
        using var sealer = keys.SealerFor(segment.Entry.Uid);
        Span<float> number = stackalloc float[1];
        foreach (var column in state.Columns)
        {
            using var reader = BlockFile.OpenRead(Require(segment.Entry.CodesName(column.Name)), sealer, Segment.CodesStream);
            reader.Read(MemoryMarshal.AsBytes(number));
            var residual = number[0];
            var codes = new byte[column.Codes.Stride];
            for (var slot = segment.Entry.Slots[column.Name]; slot > 0; slot--)
            {
                reader.Read(MemoryMarshal.AsBytes(number));
                reader.Read(codes);
                column.Codes.AddEncoded(codes, number[0], residual);
            }

            reader.MustEnd();
            if (column.Codes.Count != column.Rows.Count)
            {
                throw new IndexCorruptException(folder.Of(segment.Entry.PointsName), -1, $"its rows and the vectors '{column.Name}' do not go together");
            }
        }
    }

    private void LoadGraph(VectorColumn? column, Manifest.FileEntry entry)
    {
        if (column is null)
        {
            return;
        }

        try
        {
            using var sealer = keys.SealerFor(entry.Uid);
            using var reader = BlockFile.OpenRead(folder.Of(entry.Name), sealer, GraphStream);
            column.Graph = HnswGraph.Load(reader, folder.Of(entry.Name), column.Codes, options.GraphNeighbours, options.GraphBuildEffort, options.Kernel);
            column.SavedNodes = column.Graph.Count;
        }
        catch (Exception error) when (error is IndexCorruptException or IOException)
        {
            // Derived data: the points are all there, and the graph is built again from them.
            StoreLog.GraphRebuilt(options.Logger, column.Name, error.Message);
        }
    }

    private string Require(string name) => File.Exists(folder.Of(name)) ? folder.Of(name) : throw new IndexCorruptException(folder.Of(name), -1, "the file is missing");
}
