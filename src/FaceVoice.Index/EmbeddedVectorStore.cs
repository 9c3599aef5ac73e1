using System.Diagnostics;
using FaceVoice.Index.Embedded;
using FaceVoice.Index.Embedded.Files;
using FaceVoice.Index.Embedded.Log;
using FaceVoice.Index.Embedded.Rows;

namespace FaceVoice.Index;

/// <summary>
/// A vector store in a folder on this machine. A checksummed log and checkpoints are the truth: a write that was acknowledged survives a crash and a
/// power cut. Searches compare 8-bit codes in memory and rescore with float32 vectors from memory-mapped files.
/// </summary>
/// <remarks>
/// An exact search is exact: every row whose code leaves it a chance is rescored. One process at a time may open a folder. Searches run on the calling
/// thread and never wait for writes. Close by disposing; a process that dies instead loses nothing that was acknowledged.
/// </remarks>
public sealed partial class EmbeddedVectorStore : IVectorStore
{
    private const int MaxFrameContent = 64 << 20;
    private const long LogBytesWorthACheckpoint = 4 << 20;
    private const int MaxSegments = 64;
    private const int MinDeadToCompact = 10_000;
    private readonly StoreFolder _folder;
    private readonly EmbeddedStoreOptions _options;
    private readonly StoreMaintenance _maintenance;
    private readonly StoreWriter _writer;
    private readonly GraphMaintainer _graphs;
    private StoreState _state;
    private long _checkpointAt;
    private int _disposed;

    private EmbeddedVectorStore(
        StoreFolder folder, EmbeddedStoreOptions options, StoreMaintenance maintenance, StoreState state, WriteAheadLog log)
    {
        (_folder, _options, _maintenance, _state) = (folder, options, maintenance, state);
        _checkpointAt = options.CheckpointBytes;
        _graphs = new GraphMaintainer(Lease, options);
        _writer = new StoreWriter(state, log, _graphs.Wake, AfterCommit);
        _graphs.Wake();
    }

    /// <inheritdoc/>
    public IndexSchema Schema => _state.Schema;

    /// <summary>Gets the folder.</summary>
    public string Path => _folder.Path;

    /// <summary>Opens the index in a folder, or makes one.</summary>
    /// <param name="path">The folder; made where it is missing and a schema is given.</param>
    /// <param name="schema">What the caller works with; null to open whatever is there.</param>
    /// <param name="options">How the store works; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="IndexNotFoundException">There is no index, and no schema to make one with.</exception>
    /// <exception cref="SchemaMismatchException">The index is one of another model.</exception>
    /// <exception cref="IndexLockedException">Somebody else has it open.</exception>
    /// <exception cref="IndexCorruptException">A file is damaged; says which and where.</exception>
    /// <exception cref="IndexAccessDeniedException">A key is missing or wrong.</exception>
    public static Task<EmbeddedVectorStore> OpenAsync(
        string path, IndexSchema? schema = null, EmbeddedStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Task.Run(() => Open(path, schema, options ?? new EmbeddedStoreOptions()), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task UpsertAsync(IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        PointRules.Check(points, Schema);
        if (points.Count > 0)
        {
            await _writer.EnqueueAsync(WriteRequest.Of(CurrentSpace(), space => FrameOf(points, space)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>All of the points are kept or none: a part of them that is there already belongs to another set, and is refused.</remarks>
    public async Task InsertAsync(IReadOnlyList<IndexPoint> points, IReadOnlyList<string> absent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(absent);
        ThrowIfDisposed();
        PointRules.CheckInsert(points, Schema);
        if (points.Count > 0)
        {
            string[] ids = [.. points.Select(p => p.Id), .. absent];
            var request = WriteRequest.Once(CurrentSpace(), space => FrameOf(points, space), ids, state => AreThere(state, points, ids));
            await _writer.EnqueueAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ThrowIfDisposed();
        return ids.Count == 0 ? Task.FromResult(0L) : _writer.EnqueueAsync(WriteRequest.Of(DeleteFrameOf(ids)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> DeleteAsync(IndexFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        PointRules.Check(filter);
        ThrowIfDisposed();
        return _writer.EnqueueAsync(WriteRequest.Of(() => DeleteNow(filter)), cancellationToken);
    }

    /// <summary>Moves what only the log has to a segment, so that the next opening reads less; happens by itself as the log grows.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _writer.EnqueueAsync(WriteRequest.Of(() => Exclusively(() => _maintenance.Checkpoint(_writer))), cancellationToken);
    }

    /// <summary>Writes the live points anew and drops all other files: removed and replaced points are then in no file of the folder.</summary>
    /// <remarks>Writes wait; reads go on. Needs room for a second copy meanwhile. Cancelled, it leaves everything as it was.</remarks>
    public Task CompactAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _writer.EnqueueAsync(WriteRequest.Of(() => Exclusively(() => Rewrite(_maintenance.Keys, cancellationToken))), CancellationToken.None);
    }

    /// <summary>Compacts, and looks through every byte of the folder for what was removed, before and after.</summary>
    /// <param name="cancellationToken">Cancelled during compaction, it leaves everything as it was.</param>
    /// <returns>What was looked for and what was found.</returns>
    public async Task<ErasureReport> CompactAndProveAsync(CancellationToken cancellationToken = default)
    {
        var search = new ErasureSearch(_folder.Path);
        using (var state = Lease())
        {
            search.Collect(state, state.View);
        }

        var before = search.Run(cancellationToken);
        await CompactAsync(cancellationToken).ConfigureAwait(false);
        var after = search.Run(cancellationToken);
        return new ErasureReport(search.Rows, before.Found, after.Found, after.Files, after.Bytes);
    }

    /// <summary>Writes everything anew under other keys: a lost encryption key opens nothing any more, and vectors of a leaked copy match no longer.</summary>
    /// <param name="encryptionKey">The new encryption key; null for none. Stays the caller's, and must outlive the store.</param>
    /// <param name="templateKey">The new template key; null for none. Stays the caller's, and must outlive the store.</param>
    /// <param name="cancellationToken">Cancelled, it leaves everything as it was.</param>
    public Task RekeyAsync(StoreKey? encryptionKey, StoreKey? templateKey, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var keys = new StoreKeys(_maintenance.Manifest.Store, encryptionKey, templateKey);
        return _writer.EnqueueAsync(WriteRequest.Of(() => Exclusively(() => Rewrite(keys, cancellationToken))), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _writer.CloseAsync().ConfigureAwait(false);
        await _graphs.DisposeAsync().ConfigureAwait(false);
        if (!_writer.IsReadOnly && (_writer.Log.Length >= LogBytesWorthACheckpoint || StoreMaintenance.HasGrownGraphs(_writer.State)))
        {
            TryCheckpoint();
        }

        _writer.Log.Dispose();
        _writer.State.Dispose();
        _folder.Dispose();
    }

    /// <summary>Waits until every graph has caught up with what was written before the call; for benchmarks and tests.</summary>
    internal Task GraphsReadyAsync(CancellationToken cancellationToken = default) => _graphs.CaughtUpAsync(cancellationToken);

    private static EmbeddedVectorStore Open(string path, IndexSchema? schema, EmbeddedStoreOptions options)
    {
        var started = Stopwatch.GetTimestamp();
        var folder = StoreFolder.Lock(path, mayCreate: schema is not null, options.CreateFile);
        try
        {
            if (ManifestFile.Read(folder, options.EncryptionKey, options.TemplateKey) is not var (manifest, keys))
            {
                return Create(folder, schema, options);
            }

            schema?.MustEqual(manifest.ToSchema());
            var maintenance = new StoreMaintenance(folder, options, manifest, keys);
            var space = new VectorSpace(manifest.ToSchema(), options.TemplateKey);
            var state = new StoreLoader(folder, manifest, keys, space, options).Load();
            var log = Replay(folder, manifest, keys, state, options, out var cut);
            folder.KeepOnly(manifest.FileNames());
            StoreLog.Opened(options.Logger, folder.Path, state.View.Live, log.Length, cut, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return new(folder, options, maintenance, state, log);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static EmbeddedVectorStore Create(StoreFolder folder, IndexSchema? schema, EmbeddedStoreOptions options)
    {
        if (Directory.EnumerateFiles(folder.Path, "seg-*").Any())
        {
            throw new IndexCorruptException(folder.ManifestPath, -1, "the manifest is missing, and the folder holds segments of an index");
        }

        if (schema is null)
        {
            throw new IndexNotFoundException($"There is no index at {folder.Path}.");
        }

        var store = Guid.NewGuid();
        var keys = new StoreKeys(store, options.EncryptionKey, options.TemplateKey);
        var (manifest, log) = StoreMaintenance.CreateStore(folder, schema, keys, store);
        var state = new StoreState(schema, new VectorSpace(schema, options.TemplateKey)) { NextOrdinal = manifest.NextOrdinal };
        return new(folder, options, new StoreMaintenance(folder, options, manifest, keys), state, log);
    }

    private static WriteAheadLog Replay(StoreFolder folder, Manifest manifest, StoreKeys keys, StoreState state, EmbeddedStoreOptions options, out long cut)
    {
        var path = folder.Of(manifest.Log);
        if (!File.Exists(path))
        {
            state.Dispose();
            throw new IndexCorruptException(path, -1, "the log is missing");
        }

        var sealer = keys.SealerFor(manifest.LogUid);
        try
        {
            var (end, next) = new LogReader(path, manifest.LogUid, sealer).Replay(manifest.LogSequence, (_, frame) => state.Apply(frame));
            state.Publish();
            var file = options.OpenLog(path);
            cut = file.Length - end;
            if (cut > 0)
            {
                file.SetLength(end);
                file.Flush();
            }

            return new WriteAheadLog(file, sealer, end, next);
        }
        catch (Exception error)
        {
            state.Dispose();
            if (error is InvalidDataException or ArgumentException)
            {
                throw new IndexCorruptException(path, -1, $"a frame that checks out makes no sense ({error.Message})", error);
            }

            throw;
        }
    }

    private VectorSpace CurrentSpace() => Volatile.Read(ref _state).Space;

    private byte[] FrameOf(IReadOnlyList<IndexPoint> points, VectorSpace space)
    {
        var schema = Schema;
        var frame = new ByteWriter(points.Count * 1200);
        frame.WriteByte(StoreState.UpsertFrame);
        frame.WriteUInt32((uint)points.Count);
        foreach (var point in points)
        {
            var columns = 0u;
            var bit = 1u;
            foreach (var name in schema.Dimensions.Keys)
            {
                columns |= point.Vectors.ContainsKey(name) ? bit : 0;
                bit <<= 1;
            }

            frame.WriteUInt32(columns);
            PointCodec.Write(frame, point);
            foreach (var name in schema.Dimensions.Keys.Where(point.Vectors.ContainsKey))
            {
                frame.WriteFloats(space.ToStored(name, point.Vectors[name].Span));
            }

            if (frame.Length > MaxFrameContent)
            {
                throw new InvalidPointException($"One call may write {MaxFrameContent >> 20} MiB; split the {points.Count} points into several.");
            }
        }

        return frame.Written.ToArray();
    }

    private static byte[] DeleteFrameOf(IReadOnlyList<string> ids)
    {
        var frame = new ByteWriter(ids.Count * 24);
        frame.WriteByte(StoreState.DeleteFrame);
        var known = ids.Where(id => id is { Length: > 0 and <= IndexPoint.MaxNameBytes }).ToList(); // no other string can be an id
        frame.WriteUInt32((uint)known.Count);
        foreach (var id in known)
        {
            frame.WriteString(id);
        }

        return frame.Written.ToArray();
    }

    /// <summary>Tells whether all of the points are there, and nothing else under the ids.</summary>
    private static bool AreThere(StoreState state, IReadOnlyList<IndexPoint> points, string[] ids)
    {
        var view = state.View;
        var rows = ids.Select(id => state.Find(id, view)).Where(row => row >= 0).ToList();
        var kept = rows.ConvertAll(row => ReadPoint(state, view, row, withVectors: true));
        PointRules.MustBeSame(kept, points);
        return kept.Count == 0 ? false : kept.Count == points.Count ? true : throw new PointExistsException(kept[0].Id);
    }

    private long DeleteNow(IndexFilter filter)
    {
        const int IdsPerFrame = 100_000;
        var state = _writer.State;
        var ids = RowsThatPass(state, state.View, filter).Select(state.View.Sources.ReadId).ToList();
        return ids.Chunk(IdsPerFrame).Sum(part => _writer.CommitOne(DeleteFrameOf(part)));
    }

    private static long Exclusively(Action work)
    {
        work();
        return 0;
    }

    private void Rewrite(StoreKeys keys, CancellationToken cancellationToken)
    {
        var old = _writer.State;
        var space = keys.TemplateCheck == _maintenance.Keys.TemplateCheck ? old.Space : new VectorSpace(old.Schema, keys.Template);
        var state = _maintenance.Rewrite(_writer, keys, space, cancellationToken);
        Volatile.Write(ref _state, state);
        old.Dispose();
        _graphs.Wake();
    }

    private void AfterCommit()
    {
        if (_writer.Log.Length >= _checkpointAt)
        {
            TryCheckpoint();
            _checkpointAt = (_writer.Log.Length < _options.CheckpointBytes ? 0 : _writer.Log.Length) + _options.CheckpointBytes;
        }
    }

    private void TryCheckpoint()
    {
        try
        {
            _maintenance.Checkpoint(_writer);
            var view = _writer.State.View;
            if (_maintenance.Manifest.Segments.Count > MaxSegments || (view.Rows - view.Live > MinDeadToCompact && view.Live < view.Rows / 2))
            {
                Rewrite(_maintenance.Keys, CancellationToken.None);
            }
        }
        catch (Exception error) when (error is IOException or IndexException or UnauthorizedAccessException)
        {
            StoreLog.CheckpointFailed(_options.Logger, error.Message); // the log still has everything
        }
    }

    private StoreState Lease()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state.TryLease())
            {
                return state;
            }

            ThrowIfDisposed();
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
