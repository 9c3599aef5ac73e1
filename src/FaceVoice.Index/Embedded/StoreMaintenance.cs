using System.Diagnostics;
using System.Runtime.InteropServices;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Log;
using FaceVoice.Index.Embedded.Rows;
using FaceVoice.Index.Embedded.Search;

namespace FaceVoice.Index.Embedded;

/// <summary>Checkpoints and rewrites. Runs on the writer only; readers go on with the view they have.</summary>
internal sealed class StoreMaintenance(StoreFolder folder, EmbeddedStoreOptions options, Manifest manifest, StoreKeys keys)
{
    private const int WorthwhileGrowth = 20; // one twentieth: linking it again would take longer than writing the graph

    /// <summary>What stands on the disk.</summary>
    public Manifest Manifest { get; private set; } = manifest;

    public StoreKeys Keys { get; private set; } = keys;

    /// <summary>Makes the files of an empty store.</summary>
    public static (Manifest Manifest, WriteAheadLog Log) CreateStore(StoreFolder folder, IndexSchema schema, StoreKeys keys, Guid store)
    {
        var manifest = new Manifest
        {
            Format = Manifest.CurrentFormat,
            Store = store,
            Generation = 1,
            ModelId = schema.ModelId,
            Dimensions = new(schema.Dimensions.ToDictionary(), StringComparer.Ordinal),
            NextOrdinal = 1,
            Log = LogName(1),
            LogUid = Guid.NewGuid(),
            LogSequence = 1,
            Segments = [],
            Graphs = new(StringComparer.Ordinal),
            EncryptionCheck = keys.EncryptionCheck,
            TemplateCheck = keys.TemplateCheck,
        };
        var log = WriteAheadLog.Start(folder.Create(manifest.Log), keys.SealerFor(manifest.LogUid), manifest.LogUid, manifest.LogSequence);
        folder.Flush();
        ManifestFile.Write(folder, manifest, keys);
        return (manifest, log);
    }

    /// <summary>Moves what only the log has to a new segment, and starts a new log.</summary>
    /// <exception cref="IndexFullException">No room; everything is as before.</exception>
    public void Checkpoint(StoreWriter writer)
    {
        if (writer.Log.Length <= LogFormat.HeaderBytes && !HasGrownGraphs(writer.State))
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        var (state, rows) = (writer.State, writer.State.Sources.Tail.Rows);
        Replace(writer, Keys, next =>
        {
            var segments = next.Segments.ToList();
            if (rows > 0)
            {
                segments.Add(WriteTail(state));
            }

            return next with { Segments = segments, Dead = WriteDead(state, next.Generation), Graphs = WriteGraphs(state, next.Generation) };
        });
        foreach (var column in state.Columns)
        {
            column.SavedNodes = (int)(Manifest.Graphs.GetValueOrDefault(column.Name)?.Count ?? 0);
        }

        if (rows > 0)
        {
            state.Attach([.. state.Sources.Segments, OpenNewest(state)]);
            state.Publish();
        }

        folder.KeepOnly(Manifest.FileNames());
        StoreLog.Checkpointed(options.Logger, rows, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Tells whether so much was linked since graphs were last written that the next opening would miss it.</summary>
    public static bool HasGrownGraphs(StoreState state) =>
        state.Columns.Any(c => c.Graph is { } graph && graph.Count - c.SavedNodes > graph.Count / WorthwhileGrowth);

    /// <summary>Writes all live points anew, under other keys if so wanted, and drops every file that was there before.</summary>
    /// <param name="writer">The writer, on whose thread this runs.</param>
    /// <param name="newKeys">The keys to write with.</param>
    /// <param name="newSpace">How vectors are stored from now on.</param>
    /// <param name="cancellationToken">Cancels before the new files take over; everything is then as before.</param>
    /// <returns>The new state, which the writer already has.</returns>
    /// <exception cref="IndexFullException">No room; everything is as before.</exception>
    public StoreState Rewrite(StoreWriter writer, StoreKeys newKeys, VectorSpace newSpace, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var old = writer.State;
        Replace(writer, newKeys, next => next with
        {
            Segments = old.View.Live == 0 ? [] : [WriteLive(old, newKeys, newSpace, cancellationToken)],
            Dead = null,
            Graphs = new(StringComparer.Ordinal),
            EncryptionCheck = newKeys.EncryptionCheck,
            TemplateCheck = newKeys.TemplateCheck,
        });
        try
        {
            writer.State = new StoreLoader(folder, Manifest, Keys, newSpace, options).Load();
        }
        catch (Exception error) when (error is IOException or IndexException)
        {
            writer.BecomeReadOnly(new IndexReadOnlyException("The rewritten index could not be read back; open it again.", error));
            throw;
        }

        folder.KeepOnly(Manifest.FileNames());
        StoreLog.Compacted(options.Logger, old.Rows, writer.State.Rows, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return writer.State;
    }

    private static string LogName(long generation) => $"log-{generation:D10}";

    private void Replace(StoreWriter writer, StoreKeys newKeys, Func<Manifest, Manifest> build)
    {
        WriteAheadLog? log = null;
        try
        {
            var generation = Manifest.Generation + 1;
            var next = build(Manifest with
            {
                Generation = generation,
                NextOrdinal = writer.State.NextOrdinal,
                Log = LogName(generation),
                LogUid = Guid.NewGuid(),
                LogSequence = writer.Log.NextSequence,
            });
            log = WriteAheadLog.Start(folder.Create(next.Log), newKeys.SealerFor(next.LogUid), next.LogUid, next.LogSequence);
            folder.Flush();
            ManifestFile.Write(folder, next, newKeys);
            (Manifest, Keys) = (next, newKeys);
        }
        catch (IndexReadOnlyException error)
        {
            writer.BecomeReadOnly(error);
            log?.Dispose();
            throw;
        }
        catch (Exception error)
        {
            log?.Dispose();
            folder.KeepOnly(Manifest.FileNames());
            if (error is IOException io && DiskErrors.IsFull(io))
            {
                throw new IndexFullException($"No room in {folder.Path} for new files; the index is as it was before.", error);
            }

            throw;
        }

        writer.Log.Dispose();
        writer.Log = log;
    }

    private Manifest.SegmentEntry WriteTail(StoreState state)
    {
        var tail = state.Sources.Tail;
        using var segment = new SegmentWriter(folder, state.Schema, Keys);
        var firstSlots = state.Columns.Select(c => c.Rows.Count).ToArray();
        for (var row = tail.FirstRow; row < tail.FirstRow + tail.Rows; row++)
        {
            var record = tail.Record(row);
            var isLive = state.IsLive(row);
            if (isLive)
            {
                segment.AddRecord(record);
            }
            else
            {
                segment.AddHole(RowSources.OrdinalOf(record), RowSources.ColumnsOf(record));
            }

            for (var i = 0; i < state.Columns.Length; i++)
            {
                var slot = state.Columns[i].Slots[row];
                if (slot >= 0)
                {
                    firstSlots[i] = Math.Min(firstSlots[i], slot);
                    segment.AddVector(i, isLive ? tail.Vector(i, slot) : new float[state.Columns[i].Dimensions]);
                }
            }
        }

        return segment.Complete([.. state.Columns.Select(c => c.Codes)], firstSlots, (column, slot) => !state.IsLive(state.Columns[column].Rows[slot]));
    }

    private Manifest.SegmentEntry WriteLive(StoreState state, StoreKeys newKeys, VectorSpace newSpace, CancellationToken cancellationToken)
    {
        using var segment = new SegmentWriter(folder, state.Schema, newKeys);
        var matrices = state.Columns.Select(c => new CodeMatrix(c.Dimensions)).ToArray();
        try
        {
            for (var row = 0; row < state.Rows; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!state.IsLive(row))
                {
                    continue;
                }

                segment.AddRecord(state.Sources.ReadRecord(row));
                for (var i = 0; i < matrices.Length; i++)
                {
                    var slot = state.Columns[i].Slots[row];
                    if (slot >= 0)
                    {
                        var vector = new float[matrices[i].Dimensions];
                        state.Sources.ReadVector(i, slot, vector);
                        if (!ReferenceEquals(newSpace, state.Space))
                        {
                            vector = newSpace.ToStored(state.Columns[i].Name, state.Space.FromStored(state.Columns[i].Name, vector));
                        }

                        segment.AddVector(i, vector);
                        matrices[i].Add(vector);
                    }
                }
            }

            return segment.Complete(matrices, new int[matrices.Length], (_, _) => false);
        }
        finally
        {
            foreach (var matrix in matrices)
            {
                matrix.Dispose();
            }
        }
    }

    private Manifest.FileEntry? WriteDead(StoreState state, long generation)
    {
        var dead = new List<int>();
        for (var row = 0; row < state.Rows; row++)
        {
            if (!state.IsLive(row))
            {
                dead.Add(row);
            }
        }

        if (dead.Count == 0)
        {
            return null;
        }

        var entry = new Manifest.FileEntry($"dead-{generation:D10}", Guid.NewGuid(), dead.Count);
        Write(entry, StoreLoader.DeadStream, writer => writer.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(dead))));
        return entry;
    }

    private SortedDictionary<string, Manifest.FileEntry> WriteGraphs(StoreState state, long generation)
    {
        var graphs = new SortedDictionary<string, Manifest.FileEntry>(StringComparer.Ordinal);
        foreach (var column in state.Columns)
        {
            if (column.Graph is { Count: > 0 } graph)
            {
                var count = graph.Count;
                var entry = new Manifest.FileEntry($"graph-{generation:D10}.{column.Name}", Guid.NewGuid(), count);
                Write(entry, StoreLoader.GraphStream, writer => graph.Save(writer, count));
                graphs[column.Name] = entry;
            }
        }

        return graphs;
    }

    private void Write(Manifest.FileEntry entry, ulong stream, Action<BlockFile.BlockWriter> content)
    {
        using var sealer = Keys.SealerFor(entry.Uid);
        using var file = folder.Create(entry.Name);
        BlockFile.Write(file, sealer, stream, content);
    }

    private Segment OpenNewest(StoreState state)
    {
        var (sources, entry) = (state.Sources, Manifest.Segments[^1]);
        var firstSlots = state.Columns.Select(c => c.Rows.Count - entry.Slots[c.Name]).ToArray();
        return new Segment(folder, entry, state.Schema, Keys.SealerFor(entry.Uid), sources.Tail.FirstRow, firstSlots);
    }
}
